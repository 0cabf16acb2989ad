/** Whether somebody waits for a flock(2) lock. */
import { readWhole } from "./libc/read-whole.ts";
import type { FileFacts } from "./libc/stat.ts";

/**
 * By inode only: the kernel's table may name another device than stat(2) does. A file on another disk with the same
 * inode may be taken for this one.
 * @returns what /proc/locks says; false where there is no such table
 */
export const hasWaiters = ({ inode }: FileFacts): boolean =>
  new RegExp(`^\\d+: +-> +FLOCK .*:${inode} `, "m").test(readWhole("/proc/locks") ?? "");
