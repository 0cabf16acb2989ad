/** kill(2), signal dispositions, interval timers. Signal numbers and names are in ../run/signals.ts. */
import { common, errno, group, ON_MAC } from "./library.ts";

const sending = group({ kill: { args: ["i32", "i32"], returns: "i32" } });
const dispositions = group({ sigaction: { args: ["i32", "ptr", "ptr"], returns: "i32" } });

const SIG_DFL = 0;
const SIG_IGN = 1;
const SIG_UNBLOCK = ON_MAC ? 2 : 1;
const SIG_SETMASK = ON_MAC ? 3 : 2;

/** Bytes of a `sigset_t`: 128 in both Linux C libraries, 4 on macOS. */
const SIGNAL_SET_BYTES = ON_MAC ? 4 : 128;
/** Room for a struct sigaction in 64-bit words. */
const SIGACTION_WORDS = 32;

/** Signals that the runtime ignores before any JavaScript runs, PIPE and XFSZ: programs we start get the defaults back. */
export const RUNTIME_IGNORES: readonly number[] = [13, 25];

/** kill(2); a negative pid is a process group, signal 0 only checks. @returns 0, or an errno */
export const kill = (pid: number, signal: number): number =>
  sending().kill(pid, signal) === 0 ? 0 : errno();

/** Restore a signal's default action. */
export const defaultSignal = (signal: number): void => void common().signal(signal, SIG_DFL);

/** Ignore a signal in this process. Programs started later inherit that. */
export const ignoreSignal = (signal: number): void => void common().signal(signal, SIG_IGN);

/** @returns whether this process ignores the signal: the inherited disposition, unless it was changed */
export function isIgnored(signal: number): boolean {
  const action = new BigUint64Array(SIGACTION_WORDS);
  return dispositions().sigaction(signal, null, action) === 0 && action[0] === BigInt(SIG_IGN);
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

/**
 * Raise a signal in this process with its default action, whatever its handler. A stop signal stops the process here
 * until it is continued.
 */
export function raiseDefault(signal: number): void {
  const saved = new BigUint64Array(SIGACTION_WORDS);
  const known = dispositions().sigaction(signal, null, saved) === 0;
  defaultSignal(signal);
  kill(process.pid, signal);
  if (known) dispositions().sigaction(signal, saved, null);
}

/** Die of a signal, so that the parent sees it. Returns only if the signal does not terminate a process. */
export function dieOf(signal: number): void {
  defaultSignal(signal);
  unblockSignal(signal);
  kill(process.pid, signal);
}

/** The largest number of seconds that every timer accepts; a longer wait ends early. */
const MAX_SECONDS = 2 ** 31 - 1;

/**
 * setitimer(2), ITIMER_REAL: SIGALRM after `ms`, which terminates the process unless it is handled. 0 disarms.
 * @param repeatUs then repeat at this interval, in microseconds; 0: once
 */
export function setAlarm(ms: number, repeatUs = 0): void {
  const seconds = Math.min(Math.floor(ms / 1000), MAX_SECONDS);
  const microseconds = seconds === MAX_SECONDS ? 0 : Math.ceil((ms - seconds * 1000) * 1000);
  // struct itimerval: interval and value, each two longs, as little-endian 32-bit words. The first use of BigInt is slow.
  const value = new Uint32Array(8);
  value[2] = repeatUs;
  value[4] = seconds + Math.floor(microseconds / 1_000_000);
  value[6] = microseconds % 1_000_000;
  common().setitimer(0, value, null);
}

const SIGALRM = 14;
/** The address of abs(3), which is never called from here, serves as a signal handler that does nothing. */
const handlers = group({ abs: { args: ["i32"], returns: "i32" } });
/** The alarm repeats, in case the first one arrives just before the call blocks. Microseconds. */
const REPEAT_US = 20_000;

/**
 * Make a blocking system call that SIGALRM interrupts after `ms`. Restores the disposition and mask of SIGALRM.
 * @param call may return earlier; when interrupted it sees EINTR
 */
export function interruptedAfter<Result>(ms: number, call: () => Result): Result {
  // struct sigaction: the handler, then mask and flags, all zero: no SA_RESTART.
  const action = new BigUint64Array(SIGACTION_WORDS);
  action[0] = BigInt((handlers().abs as unknown as { readonly ptr: number }).ptr);
  const oldAction = new BigUint64Array(SIGACTION_WORDS);
  const oldMask = new Uint8Array(SIGNAL_SET_BYTES);
  dispositions().sigaction(SIGALRM, action, oldAction);
  common().sigprocmask(SIG_UNBLOCK, signalSet([SIGALRM]), oldMask);
  setAlarm(ms, REPEAT_US);
  try {
    return call();
  } finally {
    setAlarm(0);
    common().sigprocmask(SIG_SETMASK, oldMask, null);
    dispositions().sigaction(SIGALRM, oldAction, null);
  }
}
