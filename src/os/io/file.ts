/** Reading untrusted files safely, comparing a path with an open file, and messages for file errors. */
import { close, OPEN, openExisting, read } from "../ffi/file.ts";
import { cWord, type Word } from "../ffi/library.ts";
import { FILE_TYPE, fstat, fstatBasics, statPath } from "../ffi/stat.ts";

export interface ReadLimits {
  /** Bytes; a larger file is not read. */
  readonly limit: number;
  /** Refuse a file that belongs to another user. */
  readonly mustBeOurs?: boolean;
}

/**
 * Read a file that may be anything: a FIFO without a writer, a device, a symlink, another user's. Only regular files are
 * read, without following a final symlink and without blocking; without `node:fs`, for the display path.
 * @returns undefined when the file is missing or may not be read
 */
export function readSmallFile(
  path: string,
  { limit, mustBeOurs = false }: ReadLimits,
): Uint8Array | undefined {
  // A NUL would end the path early and name another file.
  if (path.includes("\0")) return undefined;
  const fd = openExisting(path, OPEN.RDONLY | OPEN.NOFOLLOW | OPEN.NONBLOCK | OPEN.CLOEXEC);
  if (fd < 0) return undefined;
  try {
    const facts = fstatBasics(fd);
    if (!facts || (facts.mode & FILE_TYPE.mask) !== FILE_TYPE.regular || facts.size > limit) return undefined;
    if (mustBeOurs && facts.owner !== process.geteuid?.()) return undefined;
    return readUpTo(fd, facts.size || limit);
  } finally {
    close(fd);
  }
}

/** `readSmallFile` as text; invalid UTF-8 becomes U+FFFD. */
export function readSmallText(path: string, limits: ReadLimits): string | undefined {
  const bytes = readSmallFile(path, limits);
  return bytes && new TextDecoder().decode(bytes);
}

/**
 * Requests one byte more than expected, to find the end without another read; a file that grows meanwhile is unreadable.
 * procfs reports size 0 for every file: `expected` is the limit then.
 */
function readUpTo(fd: number, expected: number): Uint8Array | undefined {
  const bytes = new Uint8Array(expected + 1);
  let length = 0;
  while (length < bytes.length) {
    const got = read(fd, bytes.subarray(length));
    if (got === 0) return bytes.subarray(0, length);
    if (got < 0) return undefined;
    length += got;
  }
  return undefined;
}

/** Whether the path still leads to the open file: a lock on a deleted file excludes no one. */
export function leadsTo(path: Word, fd: number): boolean {
  const [open, there] = [fstat(fd), statPath(cWord(path))];
  return (
    open !== undefined && there !== undefined && open.inode === there.inode && open.device === there.device
  );
}

const MESSAGES: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "no space left on the device",
  EDQUOT: "the disk quota is exceeded",
  ENOENT: "no such file or directory",
  ENOTDIR: "a component of the path is not a directory",
  EISDIR: "it is a directory",
  ENXIO: "it is not a regular file",
  ELOOP: "too many levels of symbolic links",
  ENAMETOOLONG: "the path is too long",
};

/** @returns a message for an error of the file system */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code !== undefined && MESSAGES[code]) || message;
}
