/**
 * A deadline that the kernel keeps: it ends this process even while the event loop is blocked.
 *
 * SIGALRM of an interval timer, with its default action. One process has one such timer: arming again replaces it.
 */

import { defaultSignal, unblockSignal } from "../ffi/signal.ts";
import { setAlarm } from "../ffi/time.ts";

/** The same number everywhere; the table of all signals is not loaded for it. */
const SIGALRM = 14;

/** An armed deadline. Disposing of it disarms the timer. */
export interface Deadline extends Disposable {
  disarm(): void;
}

/**
 * End this process after `ms`, whatever it is doing then. An inherited "ignore" or a blocked SIGALRM is undone first:
 * either would make the deadline a dead letter.
 */
export function armDeadline(ms: number): Deadline {
  defaultSignal(SIGALRM);
  unblockSignal(SIGALRM);
  setAlarm(Math.max(1, ms));
  const disarm = () => setAlarm(0);
  return { disarm, [Symbol.dispose]: disarm };
}
