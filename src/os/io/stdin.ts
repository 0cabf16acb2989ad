/**
 * Standard input read until it is enough, until it ends, or until time is over: whichever is first.
 *
 * Claude Code hands over a socket that in practice may never reach its end, so the end is not waited for.
 * poll(2) and read(2) rather than Bun's stream: no timer, no event loop, and a bound that holds.
 */
import { POLL, poll, read } from "../ffi/file.ts";
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
 * @param isEnough told of everything read so far, after each chunk; true ends the reading
 * @param timeoutMs counted from this call
 * @param maxBytes reading ends with "too-large" past this
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
