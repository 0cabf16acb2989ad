/** kill(2), signal dispositions, process groups. Signal numbers and names are in ../signals.ts. */
import { common } from "./common.ts";
import { errno, group, ON_MAC } from "./library.ts";

const sending = group({ kill: { args: ["i32", "i32"], returns: "i32" } });
const dispositions = group({ sigaction: { args: ["i32", "ptr", "ptr"], returns: "i32" } });
const groups = group({
  setpgid: { args: ["i32", "i32"], returns: "i32" },
  getpgrp: { args: [], returns: "i32" },
});

const identities = group({
  getpgid: { args: ["i32"], returns: "i32" },
  getsid: { args: ["i32"], returns: "i32" },
});

const DEFAULT = 0;
const IGNORE = 1;
const SIG_UNBLOCK = ON_MAC ? 2 : 1;

/** Bytes of a `sigset_t`: 128 in both Linux C libraries, 4 on macOS. */
export const SIGNAL_SET_BYTES = ON_MAC ? 4 : 128;

/** kill(2); a negative pid is a process group, signal 0 only asks. @returns 0, or an errno */
export const kill = (pid: number, signal: number): number =>
  sending().kill(pid, signal) === 0 ? 0 : errno();

/** Give a signal its default action back. */
export const defaultSignal = (signal: number): void => void common().signal(signal, DEFAULT);

/** Ignore a signal in this process. What it starts inherits that. */
export const ignoreSignal = (signal: number): void => void common().signal(signal, IGNORE);

/** @returns whether this process ignores the signal now: what it inherited, as long as nothing was changed */
export function isIgnored(signal: number): boolean {
  const action = new BigUint64Array(32);
  return dispositions().sigaction(signal, null, action) === 0 && action[0] === BigInt(IGNORE);
}

/** @returns a `sigset_t` of the given signals */
export function signalSet(signals: readonly number[]): Uint8Array {
  const set = new Uint8Array(SIGNAL_SET_BYTES);
  for (const signal of signals) {
    const bit = signal - 1;
    set[bit >> 3] = (set[bit >> 3] as number) | (1 << (bit & 7));
  }
  return set;
}

/** Unblock one signal in the calling thread. */
export const unblockSignal = (signal: number): void =>
  void common().sigprocmask(SIG_UNBLOCK, signalSet([signal]), null);

/** setpgid(0, 0): become the leader of a group of one's own. @returns 0, or an errno */
export const leadGroup = (): number => (groups().setpgid(0, 0) === 0 ? 0 : errno());

/** getpgrp(2). @returns the id of this process's group */
export const ownGroup = (): number => groups().getpgrp();

/**
 * Raise a signal in this process with its default action, whatever handles it otherwise. A stop signal stops the process
 * here until it is continued.
 */
export function raiseDefault(signal: number): void {
  const saved = new BigUint64Array(32);
  const known = dispositions().sigaction(signal, null, saved) === 0;
  defaultSignal(signal);
  kill(process.pid, signal);
  if (known) dispositions().sigaction(signal, saved, null);
}

/** getpgid(2). @returns the process group of a process, or -1 when there is no such process */
export const groupOf = (pid: number): number => identities().getpgid(pid);

/** getsid(2). @returns the session of a process (0: this one), or -1 */
export const sessionOf = (pid: number): number => identities().getsid(pid);

/** Die of a signal, so that whoever waits for us sees it. Returns only if the signal does not end a process. */
export function dieOf(signal: number): void {
  defaultSignal(signal);
  unblockSignal(signal);
  kill(process.pid, signal);
}
