/** Standard output without Bun's stream, whose first use costs more than an empty program's whole run. */
import { POLL, poll, write } from "../ffi/file.ts";
import { ERRNO, errno } from "../ffi/library.ts";

/**
 * Write all of `text` to a descriptor (1 is standard output). When a reader is gone, or a disk is full, the rest is
 * dropped.
 * @returns 0 when everything was written, else the errno that says why not
 */
export function writeText(fd: number, text: string): number {
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) {
    const wrote = write(fd, rest);
    if (wrote >= 0) rest = rest.subarray(wrote);
    else {
      const error = errno();
      if (error === ERRNO.EAGAIN) poll(fd, POLL.OUT, 100);
      else if (error !== ERRNO.EINTR) return error;
    }
  }
  return 0;
}
