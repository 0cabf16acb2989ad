/** flock(2) and the record locks of open files: the lock that the kernel keeps, and releases when its last descriptor is closed. */
import { ERRNO, errno, group, ON_MAC } from "./library.ts";

const calls = group({ flock: { args: ["i32", "i32"], returns: "i32" } });

/** flock(2) operations, the same on Linux and macOS. */
export const LOCK = { SH: 1, EX: 2, NB: 4, UN: 8 } as const;

/** flock(2). Without `LOCK.NB` it waits in the kernel, where JavaScript does not run. @returns 0, or an errno */
export const flock = (fd: number, operation: number): number =>
  calls().flock(fd, operation) === 0 ? 0 : errno();

const recordLocks = group({ fcntl: { args: ["i32", "i32", "ptr"], returns: "i32" } });

const F_OFD_SETLK = 37;
const F_OFD_SETLKW = 38;
/** `l_type` of struct flock by the flock(2) operation. */
const TYPES = new Map<number, number>([
  [LOCK.SH, 0],
  [LOCK.EX, 1],
  [LOCK.UN, 2],
]);

/**
 * fcntl(2) with F_OFD_SETLK: a lock on bytes of the file that belongs to the open file, as one of flock(2) does.
 * Linux only: `fcntl` is variadic (see library.ts).
 * @param operation as for `flock`
 * @param length 0: to the end, however far that moves
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
