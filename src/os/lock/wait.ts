/**
 * Waiting for a lock in the kernel: first come, first served, and without work until it is ours. JavaScript does not run
 * meanwhile, so this is for a command that has nothing else to do, and whose signals have their default actions.
 */
import { LOCK } from "../ffi/flock.ts";
import { interruptedAfter } from "../ffi/interrupt.ts";
import { ERRNO } from "../ffi/library.ts";

/**
 * @param waitMs 0 tries once, undefined waits for ever
 * @param attempt locks; with `LOCK.NB` it must not wait. @returns 0 or an errno
 * @returns 0, or an errno: EAGAIN when the lock is held for as long
 */
export function lockWithin(
  waitMs: number | undefined,
  attempt: (flags: 0 | typeof LOCK.NB) => number,
): number {
  if (waitMs === 0) return uninterrupted(() => attempt(LOCK.NB));
  if (waitMs === undefined) return uninterrupted(() => attempt(0));
  const deadline = performance.now() + waitMs;
  for (;;) {
    const left = deadline - performance.now();
    if (left <= 0) return uninterrupted(() => attempt(LOCK.NB));
    const error = interruptedAfter(left, () => attempt(0));
    if (error !== ERRNO.EINTR) return error;
  }
}

function uninterrupted(attempt: () => number): number {
  for (;;) {
    const error = attempt();
    if (error !== ERRNO.EINTR) return error;
  }
}
