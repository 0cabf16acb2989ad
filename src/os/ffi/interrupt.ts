/** A system call that waits in the kernel, with a limit: SIGALRM of an interval timer interrupts it (EINTR). */
import { common } from "./common.ts";
import { group, ON_MAC } from "./library.ts";
import { SIGNAL_SET_BYTES, signalSet } from "./signal.ts";

const calls = group({
  sigaction: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  // Never called from here: its address is a signal handler that does nothing.
  abs: { args: ["i32"], returns: "i32" },
});

const SIGALRM = 14;
const SIG_UNBLOCK = ON_MAC ? 2 : 1;
const SIG_SETMASK = ON_MAC ? 3 : 2;

/**
 * The alarm is repeated this often, should the first one come in the instant before the call waits. Microseconds.
 */
const REPEAT_US = 20_000;
/** A timer takes a 32-bit number of seconds everywhere; a longer wait is interrupted early. */
const MAX_SECONDS = 2 ** 31 - 1;

/**
 * Make a call that is interrupted when `ms` have passed. SIGALRM, its disposition and its mask are as before afterwards.
 * @param call may return before; after an interruption it sees EINTR
 */
export function interruptedAfter<Result>(ms: number, call: () => Result): Result {
  // struct sigaction: the handler, then a mask and flags that are all zero: no SA_RESTART.
  const action = new BigUint64Array(32);
  action[0] = BigInt((calls().abs as unknown as { readonly ptr: number }).ptr);
  const oldAction = new BigUint64Array(32);
  const oldMask = new Uint8Array(SIGNAL_SET_BYTES);
  calls().sigaction(SIGALRM, action, oldAction);
  common().sigprocmask(SIG_UNBLOCK, signalSet([SIGALRM]), oldMask);
  setTimer(ms, REPEAT_US);
  try {
    return call();
  } finally {
    setTimer(0, 0);
    common().sigprocmask(SIG_SETMASK, oldMask, null);
    calls().sigaction(SIGALRM, oldAction, null);
  }
}

/** setitimer(2), ITIMER_REAL. 0 disarms. */
function setTimer(ms: number, repeatUs: number): void {
  const seconds = Math.min(Math.floor(ms / 1000), MAX_SECONDS);
  const microseconds = seconds === MAX_SECONDS ? 0 : Math.ceil((ms - seconds * 1000) * 1000);
  // struct itimerval: interval and value, each two longs, here as little-endian words of 32 bits.
  const value = new Uint32Array(8);
  value[2] = repeatUs;
  value[4] = seconds + Math.floor(microseconds / 1_000_000);
  value[6] = microseconds % 1_000_000;
  common().setitimer(0, value, null);
}
