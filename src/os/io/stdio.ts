/** Standard input with limits, and standard output, without Bun's streams: their first use costs more than a render. */
import { POLL, poll, read, write } from "../ffi/file.ts";
import { ERRNO, errno } from "../ffi/library.ts";

const CHUNK_BYTES = 64 * 1024;

/** Why reading stopped. */
export type StopReason = "enough" | "end" | "timeout" | "too-large" | "unreadable";

export interface Stdin {
  /** All that was read. */
  readonly bytes: Uint8Array;
  readonly reason: StopReason;
}

/**
 * Read stdin until it is enough, it ends, or the timeout, whichever is first. Claude Code passes a socket that may never
 * reach its end, so the end is not awaited.
 * @param isEnough called with everything read so far, after each chunk; true stops reading
 * @param timeoutMs from this call
 * @param maxBytes reading stops with "too-large" beyond this
 */
export function readStdin({
  isEnough,
  timeoutMs,
  maxBytes,
}: {
  isEnough: (bytes: Uint8Array) => boolean;
  timeoutMs: number;
  maxBytes: number;
}): Stdin {
  const deadline = Bun.nanoseconds() + timeoutMs * 1e6;
  let buffer = new Uint8Array(CHUNK_BYTES);
  let length = 0;
  const stop = (reason: StopReason): Stdin => ({ bytes: buffer.subarray(0, length), reason });
  for (;;) {
    const left = (deadline - Bun.nanoseconds()) / 1e6;
    if (left <= 0) return stop("timeout");
    const ready = poll(0, POLL.IN, Math.ceil(left));
    if (ready < 0 && errno() === ERRNO.EINTR) continue;
    if (ready < 0 || ready & POLL.NVAL) return stop("unreadable");
    if (ready === 0) return stop("timeout");
    if (length === buffer.length) {
      const larger = new Uint8Array(buffer.length * 2);
      larger.set(buffer);
      buffer = larger;
    }
    const got = read(0, buffer.subarray(length));
    if (got < 0) {
      const error = errno();
      if (error === ERRNO.EINTR || error === ERRNO.EAGAIN) continue;
      return stop("unreadable");
    }
    if (got === 0) return stop("end");
    length += got;
    if (isEnough(buffer.subarray(0, length))) return stop("enough");
    if (length > maxBytes) return stop("too-large");
  }
}

/** How long to wait for a full pipe or terminal before the next attempt. Milliseconds. */
const WRITE_RETRY_MS = 100;

/**
 * Write all of `text` to a descriptor (1 is standard output). When the reader is gone or the disk is full, the rest is
 * dropped.
 * @returns 0 when everything was written, else the errno
 */
export function writeText(fd: number, text: string): number {
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) {
    const wrote = write(fd, rest);
    if (wrote >= 0) rest = rest.subarray(wrote);
    else {
      const error = errno();
      if (error === ERRNO.EAGAIN) poll(fd, POLL.OUT, WRITE_RETRY_MS);
      else if (error !== ERRNO.EINTR) return error;
    }
  }
  return 0;
}
