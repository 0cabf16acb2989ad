/**
 * Reading a small file that may not be what it should: the display path's only way to read a file.
 *
 * Never blocks on a FIFO or device, never follows a symlink in the last place, never reads more than the limit.
 */
import { close, O, openExisting, read } from "../process/libc/file.ts";
import { FILE_TYPE, fstat } from "../process/libc/stat.ts";

export interface SmallFileOptions {
  /** A file that is larger counts as absent. Bytes. */
  readonly limit: number;
  /** Only a file that belongs to us counts. */
  readonly ours?: boolean;
}

/** @returns the file's text, or undefined when there is no such regular file, it is too large, or not to be read */
export function readSmallFile(path: string, { limit, ours = false }: SmallFileOptions): string | undefined {
  // A NUL would end the path early and name another file.
  if (path.includes("\0")) return undefined;
  const fd = openExisting(path, O.RDONLY | O.NOFOLLOW | O.NONBLOCK | O.CLOEXEC);
  if (fd < 0) return undefined;
  try {
    const facts = fstat(fd);
    if (facts === undefined || (facts.mode & FILE_TYPE.mask) !== FILE_TYPE.regular) return undefined;
    if (facts.size > limit || (ours && facts.owner !== process.geteuid?.())) return undefined;
    return readAll(fd, facts.size, limit);
  } finally {
    close(fd);
  }
}

/** A file that is written in place may have grown since fstat; what is past the limit makes it too large. */
function readAll(fd: number, size: number, limit: number): string | undefined {
  // One byte more than expected, so that the end is seen without another buffer.
  const bytes = new Uint8Array(Math.min(limit, Math.max(size, 0) || 4096) + 1);
  let length = 0;
  while (length < bytes.length) {
    const got = read(fd, bytes.subarray(length));
    if (got < 0) return undefined;
    if (got === 0) return decoder.decode(bytes.subarray(0, length));
    length += got;
  }
  return undefined;
}

const decoder = new TextDecoder();
