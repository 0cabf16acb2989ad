/** flock(2) and open file description locks: locks that the kernel releases when the last descriptor is closed. */
import { ERRNO, errno, group, ON_MAC } from "./library.ts";
import { interruptedAfter } from "./signal.ts";

const calls = group({ flock: { args: ["i32", "i32"], returns: "i32" } });

/** flock(2) operations, the same on Linux and macOS. */
export const LOCK = { SH: 1, EX: 2, NB: 4, UN: 8 } as const;

/** flock(2). Without `LOCK.NB` it blocks, and JavaScript does not run meanwhile. @returns 0, or an errno */
export const flock = (fd: number, operation: number): number =>
  calls().flock(fd, operation) === 0 ? 0 : errno();

const recordLocks = group({ fcntl: { args: ["i32", "i32", "ptr"], returns: "i32" } });

const F_OFD_SETLK = 37;
const F_OFD_SETLKW = 38;
/** `l_type` of struct flock by flock(2) operation. */
const TYPES = new Map<number, number>([
  [LOCK.SH, 0],
  [LOCK.EX, 1],
  [LOCK.UN, 2],
]);

/**
 * fcntl(2) with F_OFD_SETLK: a lock on a byte range that belongs to the open file, as a flock(2) lock does.
 * Linux only: `fcntl` is variadic (see library.ts).
 * @param operation as for `flock`
 * @param length 0: to the end of the file, even when it grows
 * @returns 0, or an errno: EAGAIN when it is held
 */
export function lockRecord(fd: number, operation: number, start: bigint, length: bigint): number {
  if (ON_MAC) return ERRNO.ENOTSUP;
  const request = new BigInt64Array(4);
  new Int16Array(request.buffer)[0] = TYPES.get(operation & ~LOCK.NB) ?? 0;
  request[1] = start;
  request[2] = length;
  const command = operation & LOCK.NB ? F_OFD_SETLK : F_OFD_SETLKW;
  if (recordLocks().fcntl(fd, command, request) === 0) return 0;
  const error = errno();
  return error === ERRNO.EACCES ? ERRNO.EAGAIN : error;
}

/**
 * Wait for a lock in the kernel: first come, first served, and idle until it is granted. JavaScript does not run
 * meanwhile, so the caller must have nothing else to do and leave its signals at their default actions.
 * @param waitMs 0 tries once, undefined waits forever
 * @param attempt locks; with `LOCK.NB` it must not block. @returns 0 or an errno
 * @returns 0, or an errno: EAGAIN when the lock was held for `waitMs`
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
