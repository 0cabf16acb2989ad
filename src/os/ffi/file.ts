/** Files, directories and pipes: open(2), read(2), write(2), poll(2), access(2) and their relatives. */
import { common, cString, cWord, ERRNO, errno, group, LONG, ON_ARM, ON_MAC, type Word } from "./library.ts";
import { FILE_TYPE, statPath } from "./stat.ts";

/** open(2) flags, which differ between the systems. */
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
      RDONLY: 0,
      WRONLY: 1,
      RDWR: 2,
      CREAT: 0x40,
      NOCTTY: 0x100,
      NONBLOCK: 0x800,
      NOFOLLOW: ON_ARM ? 0x8000 : 0x20000,
      CLOEXEC: 0x80000,
    };

/** poll(2) events. */
export const POLL = { IN: 0x1, OUT: 0x4, ERR: 0x8, HUP: 0x10, NVAL: 0x20 } as const;

/** open(2) without O_CREAT. @returns a descriptor, or -1 with errno set */
export const openExisting = (path: string, flags: number): number => common().open(cString(path), flags);

/** close(2). @returns 0, or -1 with errno set */
export const close = (fd: number): number => common().close(fd);

/** read(2) into the whole of `into`. @returns bytes read, 0 at the end, or -1 with errno set */
export const read = (fd: number, into: Uint8Array): number => Number(common().read(fd, into, into.length));

/** write(2) of the whole of `from`; may be short. @returns bytes written, or -1 with errno set */
export const write = (fd: number, from: Uint8Array): number => Number(common().write(fd, from, from.length));

/** PATH_MAX of Linux; macOS has 1,024. */
const PATH_MAX = 4096;

/** realpath(3). @returns the path without symlinks, or undefined with errno set */
export function realPath(path: string): string | undefined {
  if (path.includes("\0")) return undefined;
  const buffer = new Uint8Array(PATH_MAX);
  if (common().realpath(cString(path), buffer) === null) return undefined;
  return new TextDecoder().decode(buffer.subarray(0, buffer.indexOf(0)));
}

/**
 * poll(2) on one descriptor.
 * @param timeoutMs 0 returns immediately
 * @returns the events that are ready (`POLL`), 0 on timeout, or -1 with errno set
 */
export function poll(fd: number, events: number, timeoutMs: number): number {
  const request = new Uint32Array([fd, events]);
  const ready = common().poll(request, 1, timeoutMs);
  return ready <= 0 ? ready : (request[1] as number) >>> 16;
}

/**
 * poll(2) on a table of struct pollfd: a descriptor, then requested events (lower half) and found events (upper half).
 * @returns how many descriptors are ready, or -1 with errno set
 */
export const pollTable = (table: Int32Array, timeoutMs: number): number =>
  common().poll(table, table.length / 2, timeoutMs);

/** One descriptor to poll. */
export interface PollRequest {
  /** Negative: skipped. */
  readonly fd: number;
  readonly events: number;
}

/** poll(2). @returns for each request the events that are ready; all 0 on timeout */
export function pollAll(requests: readonly PollRequest[], timeoutMs: number): readonly number[] {
  const table = new Int32Array(requests.flatMap(({ fd, events }) => [fd, events]));
  pollTable(table, timeoutMs);
  return requests.map((_, index) => ((table[index * 2 + 1] as number) >>> 16) & 0xffff);
}

const creating = group({ open: { args: ["ptr", "i32", "u32"], returns: "i32" } });

/**
 * open(2) with a mode. On macOS this calls `node:fs`, because `open` is variadic (see library.ts).
 * @returns a descriptor, or the negated errno
 */
export function openFile(path: Word, flags: number, mode: number): number {
  if (ON_MAC) return openThroughNode(path, flags, mode);
  const fd = creating().open(cWord(path), flags, mode);
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

const contents = group({
  pread: { args: ["i32", "ptr", "u64", "i64"], returns: LONG },
  pwrite: { args: ["i32", "ptr", "u64", "i64"], returns: LONG },
  ftruncate: { args: ["i32", "i64"], returns: "i32" },
});

/** pread(2) of up to `limit` bytes from the start. @returns the bytes read; empty on failure */
export function readStart(fd: number, limit: number): Uint8Array {
  const into = new Uint8Array(limit);
  const count = Number(contents().pread(fd, into, limit, 0));
  return into.subarray(0, Math.max(0, count));
}

/** pwrite(2) at the start. @returns whether all of it was written */
export const writeStart = (fd: number, from: Uint8Array): boolean =>
  Number(contents().pwrite(fd, from, from.length, 0)) === from.length;

/** ftruncate(2) to 0 bytes. @returns whether it succeeded */
export const truncate = (fd: number): boolean => contents().ftruncate(fd, 0) === 0;

const duplicating = group({ dup: { args: ["i32"], returns: "i32" } });

/** dup(2): a descriptor of the same open file, without close-on-exec. @returns it, or -1 with errno set */
export const duplicate = (fd: number): number => duplicating().dup(fd);

const removing = group({ unlink: { args: ["ptr"], returns: "i32" } });

/** unlink(2). @returns 0, or an errno */
export const removeFile = (path: string): number => (removing().unlink(cString(path)) === 0 ? 0 : errno());

const checking = group({ access: { args: ["ptr", "i32"], returns: "i32" } });
const X_OK = 1;

/** access(2). @returns whether the path is a regular file that this process may execute */
export function accessExecutable(path: string): boolean {
  const name = cString(path);
  if (checking().access(name, X_OK) !== 0) return false;
  const facts = statPath(name);
  return facts !== undefined && (facts.mode & FILE_TYPE.mask) === FILE_TYPE.regular;
}

const pipeOnLinux = group({ pipe2: { args: ["ptr", "i32"], returns: "i32" } });
const pipeOnMac = group({ pipe: { args: ["ptr"], returns: "i32" } });

/**
 * A pipe that programs started later do not inherit (on macOS posix_spawn(3) closes it: see spawn.ts).
 * @returns the reading and the writing end, or undefined when no descriptors are left
 */
export function makePipe(): readonly [reader: number, writer: number] | undefined {
  const ends = new Int32Array(2);
  const failed = ON_MAC ? pipeOnMac().pipe(ends) : pipeOnLinux().pipe2(ends, OPEN.CLOEXEC);
  return failed === 0 ? [ends[0] as number, ends[1] as number] : undefined;
}

const links = group({ readlink: { args: ["ptr", "ptr", "u64"], returns: LONG } });
const decoder = new TextDecoder();

/** readlink(2). @returns the target of a symlink, or undefined */
export function readlink(path: string): string | undefined {
  const into = new Uint8Array(PATH_MAX);
  const length = Number(links().readlink(cString(path), into, into.length));
  return length > 0 ? decoder.decode(into.subarray(0, length)) : undefined;
}

/** Limit of `readBytes`, which is for the small files of /proc. */
const MAX_BYTES = 1 << 22;

/** @returns the bytes of a file of up to 4 MiB, or undefined when it cannot be read */
export function readBytes(path: string): Uint8Array | undefined {
  const fd = openExisting(path, OPEN.RDONLY | OPEN.CLOEXEC | OPEN.NONBLOCK);
  if (fd < 0) return undefined;
  let bytes = new Uint8Array(4096);
  let length = 0;
  try {
    while (length < MAX_BYTES) {
      if (length === bytes.length) {
        const larger = new Uint8Array(bytes.length * 4);
        larger.set(bytes);
        bytes = larger;
      }
      const count = read(fd, bytes.subarray(length));
      if (count < 0) return undefined;
      if (count === 0) return bytes.subarray(0, length);
      length += count;
    }
    return undefined;
  } finally {
    close(fd);
  }
}

/** @returns the text of a file of up to 4 MiB, or undefined when it cannot be read */
export function readWhole(path: string): string | undefined {
  const bytes = readBytes(path);
  return bytes && decoder.decode(bytes);
}
