/** open(2), read(2), write(2), close(2), poll(2): what the display path reads and writes with. */
import { common } from "./common.ts";
import { cString, ON_ARM, ON_MAC } from "./library.ts";

/** open(2) flags, which differ between the systems. */
export const O = ON_MAC
  ? { RDONLY: 0, NONBLOCK: 0x4, NOFOLLOW: 0x100, CLOEXEC: 0x1000000 }
  : { RDONLY: 0, NONBLOCK: 0x800, NOFOLLOW: ON_ARM ? 0x8000 : 0x20000, CLOEXEC: 0x80000 };

/** poll(2) events. */
export const POLL = { IN: 0x1, OUT: 0x4, ERR: 0x8, HUP: 0x10, NVAL: 0x20 } as const;

/** open(2) without creating. @returns a descriptor, or -1 with errno set */
export const openExisting = (path: string, flags: number): number => common().open(cString(path), flags);

/** close(2). @returns 0, or -1 with errno set */
export const close = (fd: number): number => common().close(fd);

/** realpath(3). @returns the path without symlinks, or undefined with errno set */
export function realPath(path: string): string | undefined {
  if (path.includes("\0")) return undefined;
  const buffer = new Uint8Array(PATH_MAX);
  if (common().realpath(cString(path), buffer) === null) return undefined;
  return new TextDecoder().decode(buffer.subarray(0, buffer.indexOf(0)));
}

/** What realpath(3) needs room for on both systems (1,024 on macOS). */
const PATH_MAX = 4096;

/** read(2) into the whole of `into`. @returns bytes read, 0 at the end, or -1 with errno set */
export const read = (fd: number, into: Uint8Array): number => Number(common().read(fd, into, into.length));

/** write(2) of the whole of `from`; may be short. @returns bytes written, or -1 with errno set */
export const write = (fd: number, from: Uint8Array): number => Number(common().write(fd, from, from.length));

/**
 * poll(2) on one descriptor.
 * @param timeoutMs at most this long; 0 asks without waiting
 * @returns the events that hold (`POLL`), 0 when the time is over, or -1 with errno set
 */
export function poll(fd: number, events: number, timeoutMs: number): number {
  const request = new Uint32Array([fd, events]);
  const ready = common().poll(request, 1, timeoutMs);
  return ready <= 0 ? ready : (request[1] as number) >>> 16;
}

/**
 * poll(2) on a table of struct pollfd: descriptor, and the events asked for and found in one word (the upper half).
 * @returns how many have something to tell, or -1 with errno set
 */
export const pollTable = (table: Int32Array, timeoutMs: number): number =>
  common().poll(table, table.length / 2, timeoutMs);
