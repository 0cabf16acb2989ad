/** open(2), read(2), write(2), close(2), poll(2): what the display path reads and writes with. */
import { cString, group, LONG, ON_ARM, ON_MAC } from "./library.ts";

const calls = group({
  open: { args: ["ptr", "i32"], returns: "i32" },
  read: { args: ["i32", "ptr", "u64"], returns: LONG },
  write: { args: ["i32", "ptr", "u64"], returns: LONG },
  close: { args: ["i32"], returns: "i32" },
  poll: { args: ["ptr", "u64", "i32"], returns: "i32" },
  realpath: { args: ["ptr", "ptr"], returns: "ptr" },
});

/** open(2) flags, which differ between the systems. */
export const O = ON_MAC
  ? { RDONLY: 0, NONBLOCK: 0x4, NOFOLLOW: 0x100, CLOEXEC: 0x1000000 }
  : { RDONLY: 0, NONBLOCK: 0x800, NOFOLLOW: ON_ARM ? 0x8000 : 0x20000, CLOEXEC: 0x80000 };

/** poll(2) events. */
export const POLL = { IN: 0x1, OUT: 0x4, ERR: 0x8, HUP: 0x10, NVAL: 0x20 } as const;

/** open(2) without creating. @returns a descriptor, or -1 with errno set */
export const openExisting = (path: string, flags: number): number => calls().open(cString(path), flags);

/** close(2). @returns 0, or -1 with errno set */
export const close = (fd: number): number => calls().close(fd);

/** realpath(3). @returns the path without symlinks, or undefined with errno set */
export function realPath(path: string): string | undefined {
  if (path.includes("\0")) return undefined;
  const buffer = new Uint8Array(PATH_MAX);
  if (calls().realpath(cString(path), buffer) === null) return undefined;
  return new TextDecoder().decode(buffer.subarray(0, buffer.indexOf(0)));
}

/** What realpath(3) needs room for on both systems (1,024 on macOS). */
const PATH_MAX = 4096;

/** read(2) into the whole of `into`. @returns bytes read, 0 at the end, or -1 with errno set */
export const read = (fd: number, into: Uint8Array): number => Number(calls().read(fd, into, into.length));

/** write(2) of the whole of `from`; may be short. @returns bytes written, or -1 with errno set */
export const write = (fd: number, from: Uint8Array): number => Number(calls().write(fd, from, from.length));

/**
 * poll(2) on one descriptor.
 * @param timeoutMs at most this long; 0 asks without waiting
 * @returns the events that hold (`POLL`), 0 when the time is over, or -1 with errno set
 */
export function poll(fd: number, events: number, timeoutMs: number): number {
  const request = new Int32Array([fd, events]);
  const ready = calls().poll(request, 1, timeoutMs);
  return ready <= 0 ? ready : ((request[1] as number) >>> 16) & 0xffff;
}

/**
 * poll(2) on a table of struct pollfd: descriptor, and the events asked for and found in one word (the upper half).
 * @returns how many have something to tell, or -1 with errno set
 */
export const pollTable = (table: Int32Array, timeoutMs: number): number =>
  calls().poll(table, table.length / 2, timeoutMs);
