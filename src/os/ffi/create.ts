/**
 * open(2) that may create, and what is done to the bytes of an open file.
 *
 * `open` is variadic: its mode travels as the other arguments do on Linux, elsewhere on Apple arm64. There
 * `node:fs` creates (which costs a fifth of an empty program's start, and only there).
 */
import { ERRNO, errno, group, LONG, ON_ARM, ON_MAC } from "./library.ts";
import { cWord, type Word } from "./word.ts";

const onLinux = group({ open: { args: ["ptr", "i32", "u32"], returns: "i32" } });
const bytes = group({
  pread: { args: ["i32", "ptr", "u64", "i64"], returns: LONG },
  pwrite: { args: ["i32", "ptr", "u64", "i64"], returns: LONG },
  ftruncate: { args: ["i32", "i64"], returns: "i32" },
});
const owner = group({ geteuid: { args: [], returns: "u32" } });

/** open(2) flags beyond those of `O` in file.ts. */
export const OPEN = ON_MAC
  ? {
      RDONLY: 0,
      WRONLY: 1,
      RDWR: 2,
      CREAT: 0x200,
      NOCTTY: 0x20000,
      NONBLOCK: 0x4,
      NOFOLLOW: 0x100,
      CLOEXEC: 0x1000000,
    }
  : {
      ...{ RDONLY: 0, WRONLY: 1, RDWR: 2, CREAT: 0x40, NOCTTY: 0x100, NONBLOCK: 0x800, CLOEXEC: 0x80000 },
      NOFOLLOW: ON_ARM ? 0x8000 : 0x20000,
    };

/**
 * open(2) with a mode.
 * @returns a descriptor, or the negated errno
 */
export function openFile(path: Word, flags: number, mode: number): number {
  if (ON_MAC) return openThroughNode(path, flags, mode);
  const fd = onLinux().open(cWord(path), flags, mode);
  return fd >= 0 ? fd : -errno();
}

function openThroughNode(path: Word, flags: number, mode: number): number {
  const { openSync } = require("node:fs") as typeof import("node:fs");
  const name = typeof path === "string" ? path : Buffer.from(path);
  try {
    return openSync(name, flags, mode);
  } catch (error) {
    return -Math.abs((error as { errno?: number }).errno ?? ERRNO.EIO);
  }
}

/** pread(2) of up to `limit` bytes from the start. @returns what was read; empty when it failed */
export function readStart(fd: number, limit: number): Uint8Array {
  const into = new Uint8Array(limit);
  const count = Number(bytes().pread(fd, into, limit, 0));
  return count > 0 ? into.subarray(0, count) : into.subarray(0, 0);
}

/** pwrite(2) at the start. @returns whether all of it was written */
export const writeStart = (fd: number, from: Uint8Array): boolean =>
  Number(bytes().pwrite(fd, from, from.length, 0)) === from.length;

/** ftruncate(2) to nothing. @returns whether it was done */
export const truncate = (fd: number): boolean => bytes().ftruncate(fd, 0) === 0;

/** geteuid(2). @returns the effective user id */
export const effectiveUser = (): number => owner().geteuid();
