/**
 * A deadline that the kernel enforces: it ends this process even while the event loop is blocked.
 *
 * SIGALRM of the interval timer, with its default action. A process has one such timer: arming it again replaces it.
 */
import { defaultSignal, setAlarm, unblockSignal } from "../ffi/signal.ts";

/** The display path does not load signals.ts for it. */
const SIGALRM = 14;

/** Disposing it disarms the timer. */
export interface Deadline extends Disposable {
  disarm(): void;
}

/** End this process after `ms`. First resets a SIGALRM that was inherited as ignored or blocked. */
export function armDeadline(ms: number): Deadline {
  defaultSignal(SIGALRM);
  unblockSignal(SIGALRM);
  setAlarm(Math.max(1, ms));
  const disarm = () => setAlarm(0);
  return { disarm, [Symbol.dispose]: disarm };
}
