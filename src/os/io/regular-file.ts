/** Reading a file that must be regular, with errors: for what a user chose and must be able to fix. */
import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from "node:fs";

/**
 * Read a file without blocking on a FIFO or a device. Symlinks are followed.
 * @param limit bytes
 * @param flags of open(2), in addition
 * @throws the system's error; Error for what is not a regular file, or too large
 */
export function readRegularFile(
  path: string,
  { limit, flags = 0 }: { readonly limit: number; readonly flags?: number },
): { bytes: Uint8Array; facts: Stats } {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | flags);
  try {
    const facts = fstatSync(fd);
    if (facts.isDirectory()) throw new Error("it is a directory");
    if (!facts.isFile()) throw new Error("it is not a regular file");
    if (facts.size > limit) throw new Error(`it is larger than ${limit / 1024} KiB`);
    return { bytes: readFileSync(fd), facts };
  } finally {
    closeSync(fd);
  }
}
