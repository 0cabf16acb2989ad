/** Small files of /proc, read without node:fs; readlink(2). */
import { close, O, openExisting, read } from "./file.ts";
import { cString, group, LONG } from "./library.ts";

const links = group({ readlink: { args: ["ptr", "ptr", "u64"], returns: LONG } });

/** A file that is longer than this is not one of the small ones. */
const MAX_BYTES = 1 << 22;

/** @returns the bytes of a file, or undefined when it cannot be read */
export function readBytes(path: string): Uint8Array | undefined {
  const fd = openExisting(path, O.RDONLY | O.CLOEXEC | O.NONBLOCK);
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

const decoder = new TextDecoder();

/** @returns the text of a file, or undefined when it cannot be read */
export function readWhole(path: string): string | undefined {
  const bytes = readBytes(path);
  return bytes && decoder.decode(bytes);
}

/** readlink(2). @returns where a symlink leads, or undefined */
export function readlink(path: string): string | undefined {
  const into = new Uint8Array(4096);
  const length = Number(links().readlink(cString(path), into, into.length));
  return length > 0 ? decoder.decode(into.subarray(0, length)) : undefined;
}
