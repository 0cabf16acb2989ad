/** flock(2): the lock that the kernel keeps, and releases when its last descriptor is closed. */
import { errno, group } from "./library.ts";

const calls = group({ flock: { args: ["i32", "i32"], returns: "i32" } });

/** flock(2) operations, the same on Linux and macOS. */
export const LOCK = { SH: 1, EX: 2, NB: 4, UN: 8 } as const;

/** flock(2). Without `LOCK.NB` it waits in the kernel, where JavaScript does not run. @returns 0, or an errno */
export const flock = (fd: number, operation: number): number =>
  calls().flock(fd, operation) === 0 ? 0 : errno();
