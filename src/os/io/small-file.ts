/**
 * Reading a file that may be anything: a FIFO that nobody writes, a device, a link to elsewhere, somebody else's.
 * Bounded and total, and without `node:fs`: the display path reads everything with this.
 */
import { close, O, openExisting, read } from "../ffi/file.ts";
import { FILE_TYPE, fstatBasics } from "../ffi/stat.ts";

/**
 * Read a regular file whole, without following a link in its last component and without waiting.
 * @param limit bytes; a larger file is not read
 * @param mustBeOurs refuse a file that belongs to another user
 * @returns undefined when there is no such file, or it is not one that may be read
 */
export function readSmallFile(
  path: string,
  { limit, mustBeOurs = false }: ReadLimits,
): Uint8Array | undefined {
  // A NUL would end the path early and name another file.
  if (path.includes("\0")) return undefined;
  const fd = openExisting(path, O.RDONLY | O.NOFOLLOW | O.NONBLOCK | O.CLOEXEC);
  if (fd < 0) return undefined;
  try {
    const facts = fstatBasics(fd);
    if (!facts || (facts.mode & FILE_TYPE.mask) !== FILE_TYPE.regular || facts.size > limit) return undefined;
    if (mustBeOurs && facts.owner !== process.geteuid?.()) return undefined;
    return readWhole(fd, facts.size || limit);
  } finally {
    close(fd);
  }
}

export interface ReadLimits {
  readonly limit: number;
  readonly mustBeOurs?: boolean;
}

/** The same, as text; bytes that are not UTF-8 become U+FFFD. */
export function readSmallText(path: string, limits: ReadLimits): string | undefined {
  const bytes = readSmallFile(path, limits);
  return bytes && new TextDecoder().decode(bytes);
}

/**
 * One byte more than expected is asked for, so that the end is seen at once, and a file that grows meanwhile counts as
 * unreadable. procfs says 0 for every size: `expected` is the limit then.
 */
function readWhole(fd: number, expected: number): Uint8Array | undefined {
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
