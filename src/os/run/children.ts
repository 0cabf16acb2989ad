/** What a supervisor needs: signals, its child's end, timers of any length, and a child that dies with it. */
import { accessExecutable } from "../ffi/file.ts";
import type { Word } from "../ffi/library.ts";
import { isIgnored, unblockSignal } from "../ffi/signal.ts";
import { type ChildEnd, nextChildChange } from "../ffi/spawn.ts";
import { readSmallFile } from "../io/file.ts";
import { COMMONLY_SENT, SIG, signalName } from "./signals.ts";

/**
 * Call `handler` for each of the signals, except those that were inherited as ignored (`nohup`).
 * @param always signals to handle in any case
 */
export function onSignals(
  signals: readonly number[],
  handler: (signal: number) => void,
  always: readonly number[] = [],
): void {
  for (const signal of new Set([...signals, ...always])) {
    const ours = signal === SIG.PIPE; // ignored by the runtime, not by our parent
    if (ours || always.includes(signal) || !isIgnored(signal)) listen(signal, () => handler(signal));
  }
}

function listen(signal: number, handler: () => void): void {
  try {
    process.on(`SIG${signalName(signal)}` as NodeJS.Signals, handler);
  } catch {
    // The runtime cannot handle this signal (a real-time one): it keeps its default action.
  }
}

const FALLBACK_MS = 1000;

/**
 * Wait for the end of a child of `spawn` (ffi/spawn.ts). It reaps every child, adopted orphans too, so it must not be
 * combined with Bun.spawn, which would miss its children's ends.
 * @param onStop called with the signal when the child is stopped
 */
export function childEnd(pid: number, onStop?: (signal: number) => void): Promise<ChildEnd> {
  return new Promise((resolve) => {
    const reap = () => {
      for (;;) {
        const change = nextChildChange(onStop !== undefined);
        if (!change) return;
        if (change.pid !== pid) continue;
        if ("stoppedBy" in change) onStop?.(change.stoppedBy);
        else {
          clearInterval(fallback);
          resolve(change);
        }
      }
    };
    // Keeps the process running, and finds the end when its signal is lost.
    const fallback = setInterval(reap, FALLBACK_MS);
    process.on("SIGCHLD", reap);
    unblockSignal(SIG.CHLD);
    reap();
  });
}

const MAX_TIMER_MS = 2 ** 31 - 1;

/** A timer that may be longer than setTimeout's 24 days. @returns a function that cancels it */
export function after(ms: number, then: () => void): () => void {
  let timer: Timer;
  const deadline = performance.now() + ms;
  const arm = () => {
    const left = deadline - performance.now();
    timer =
      left > MAX_TIMER_MS ? setTimeout(arm, MAX_TIMER_MS) : setTimeout(then, Math.max(0, Math.ceil(left)));
  };
  arm();
  return () => clearTimeout(timer);
}

const SETPRIV = "/usr/bin/setpriv";
/** A larger file is BusyBox, whose setpriv lacks the option. Bytes. */
const SETPRIV_MAX_BYTES = 300_000;
const OPTION = "pdeathsig";

/**
 * Make a command die with us even when we are killed with SIGKILL (Linux), by prctl(2) PR_SET_PDEATHSIG. A process sets
 * that for itself, and none of our code runs between fork and exec, so setpriv(1) of util-linux sets it and then executes
 * the command, with the same pid. That takes about a millisecond.
 * @param argv a command line that our main thread will start
 * @param signal what the command gets when we die, TERM instead of unusual ones; 0: nothing
 * @returns the command line to start instead; `argv` when setpriv is not available or the command cannot be executed,
 *   so that the error is the command's own
 */
export function endedWithParent(argv: readonly Word[], signal: number): readonly Word[] {
  const [program] = argv;
  if (process.platform !== "linux" || signal === 0 || typeof program !== "string") return argv;
  // setpriv accepts neither numbers nor real-time signals.
  const name = signalName([...COMMONLY_SENT, SIG.KILL].includes(signal) ? signal : SIG.TERM) ?? "TERM";
  return canRun(program) && hasOption() ? [SETPRIV, `--${OPTION}`, name, "--", ...argv] : argv;
}

function canRun(program: string): boolean {
  if (program.includes("/")) return accessExecutable(program);
  const folders = (process.env.PATH ?? "").split(":").map((folder) => folder || ".");
  return program !== "" && folders.some((folder) => accessExecutable(`${folder}/${program}`));
}

/** Versions before 2.34 lack the option: searching the program file is a hundred times faster than running it. */
function hasOption(): boolean {
  const program = accessExecutable(SETPRIV)
    ? readSmallFile(SETPRIV, { limit: SETPRIV_MAX_BYTES })
    : undefined;
  return program !== undefined && Buffer.from(program.buffer).includes(OPTION);
}
