/** Standard output without Bun's stream, whose first use costs more than an empty program's whole run. */
import { POLL, poll, write } from "./libc/file.ts";
import { ERRNO, errno } from "./libc/library.ts";

/**
 * Write all of `text` to a descriptor (1 is standard output). A reader that is gone, a full disk: nobody is left to
 * tell, so the rest is dropped.
 * @returns whether everything was written
 */
export function writeText(fd: number, text: string): boolean {
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) {
    const wrote = write(fd, rest);
    if (wrote >= 0) rest = rest.subarray(wrote);
    else {
      const error = errno();
      if (error === ERRNO.EAGAIN) poll(fd, POLL.OUT, 100);
      else if (error !== ERRNO.EINTR) return false;
    }
  }
  return true;
}
