/**
 * What a supervisor of a child needs from the event loop: its signals, its child's end, and timers of any length.
 */
import { isIgnored, unblockSignal } from "../ffi/signal.ts";
import { type ChildEnd, nextChildChange } from "../ffi/spawn.ts";
import { SIG, signalName } from "./signals.ts";

/**
 * Call `handler` for each of the signals, unless it was inherited as ignored: `nohup` stays in force.
 * @param always signals to be told of in any case
 */
export function onSignals(
  signals: readonly number[],
  handler: (signal: number) => void,
  always: readonly number[] = [],
): void {
  for (const signal of new Set([...signals, ...always])) {
    const ours = signal === SIG.PIPE; // ignored by the runtime, whatever we inherited
    if (ours || always.includes(signal) || !isIgnored(signal)) listen(signal, () => handler(signal));
  }
}

function listen(signal: number, handler: () => void): void {
  try {
    process.on(`SIG${signalName(signal)}` as NodeJS.Signals, handler);
  } catch {
    // The runtime has no name for this signal (a real-time one): then it does to us what it does by default.
  }
}

/**
 * Wait for the end of a child that `spawn` (libc) started. It waits for every child there is, adopted orphans too: in a
 * program that also uses Bun.spawn, that one would lose its children's ends.
 * @param onStop is called with the signal when the child was stopped
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
    // Keeps the process running, and finds the end should its signal be lost.
    const fallback = setInterval(reap, 1000);
    process.on("SIGCHLD", reap);
    unblockSignal(SIG.CHLD);
    reap();
  });
}

const MAX_TIMER_MS = 2 ** 31 - 1;

/** A timer that may be longer than setTimeout's 24 days. @returns what stops it */
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
