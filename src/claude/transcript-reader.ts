/**
 * Reads what was appended to a transcript: whole lines, in chunks, through one buffer that is reused.
 *
 * A file is the one that was read before if it has the same inode, is at least as long, and the first and last bytes
 * of what was read are unchanged. Otherwise it was replaced, truncated or rewritten, and is read from its start. Device
 * numbers are not compared: they may change when the machine restarts.
 *
 * A last line without a newline is read once it is a complete JSON object: no prefix of an object is an object, so
 * nothing that is appended later can belong to it. Otherwise its writer is in the middle of it, or was killed there: it
 * is left for the next pass, which searches only what was appended for the end of the line.
 */
import { readSync } from "node:fs";
import { endsAsObject, isObject } from "./joined-objects.ts";

/** Up to where a file was read. */
export interface Cursor {
  readonly inode: number;
  /** Bytes read: whole lines. */
  readonly offset: number;
  /** No newline lies between `offset` and here; at most `offset` without an unfinished line. Bytes. */
  readonly searched: number;
  /** Hashes: of the first bytes before `offset`, and of the last bytes that were read or searched. */
  readonly head: number;
  readonly tail: number;
}

export interface Chunk {
  /** Whole lines, each with its newline. Valid until the next chunk is read. */
  readonly lines: Buffer;
  /** Where they start in the file. Bytes. */
  readonly start: number;
  /** How many bytes of the file were read or searched. */
  readonly bytes: number;
  /** The position after the chunk. */
  readonly cursor: Cursor;
  /** The end of the file was reached. */
  readonly ended: boolean;
}

const CHUNK_BYTES = 512 << 10;
/** How much is searched for the end of a line in one step. */
const SEARCH_BYTES = 64 << 20;
/** How much identifies a file, at each end of what was read. */
const SIGNATURE_BYTES = 256;
const NEWLINE = 10;
const NOTHING = Buffer.alloc(0);

export class TranscriptReader {
  readonly #longestLine: number;
  #buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);

  /** @param longestLine longer lines are skipped: they are attachments. Bytes */
  constructor(longestLine: number) {
    this.#longestLine = longestLine;
  }

  /** Whether the file is still the one that was read, perhaps longer. */
  isSameFile(fd: number, file: { readonly inode: number; readonly size: number }, cursor: Cursor): boolean {
    const end = endOf(cursor);
    return (
      cursor.inode === file.inode &&
      file.size >= end &&
      hashOf(fd, 0, Math.min(SIGNATURE_BYTES, cursor.offset)) === cursor.head &&
      tailOf(fd, end) === cursor.tail
    );
  }

  /**
   * Read on to the end of the file.
   * @param from where to start; the start of the file if absent
   * @throws the system's error when the file cannot be read
   */
  *read(fd: number, inode: number, from?: Cursor): Generator<Chunk, void> {
    let cursor = from ?? { inode, offset: 0, searched: 0, head: 0, tail: 0 };
    for (;;) {
      const before = cursor;
      const { lines, start, searched, offset, tail, ended } = this.#next(fd, before);
      const head =
        before.offset < SIGNATURE_BYTES ? hashOf(fd, 0, Math.min(SIGNATURE_BYTES, offset)) : before.head;
      cursor = { inode, offset, searched, head, tail };
      yield { lines, start, bytes: searched - endOf(before), cursor, ended };
      if (ended) return;
    }
  }

  #next(fd: number, { offset, searched }: Cursor): Read {
    let start = offset;
    let have = 0;
    let unfinished = searched;
    for (;;) {
      if (unfinished > start) {
        const line = this.#searchEnd(fd, unfinished);
        if (line.end === undefined) return this.#unfinished(fd, start, line);
        if (line.end - start > this.#longestLine) start = line.end;
        unfinished = start;
      }
      const got = readSync(fd, this.#buffer, have, this.#buffer.length - have, start + have);
      const end = have + got;
      const ended = end < this.#buffer.length;
      const whole = end === 0 ? 0 : this.#buffer.lastIndexOf(NEWLINE, end - 1) + 1;
      if (whole > 0 || ended) return this.#take(fd, start, whole, ended ? end : undefined);
      if (this.#buffer.length < this.#longestLine) {
        const larger = Buffer.allocUnsafeSlow(this.#buffer.length * 2);
        this.#buffer.copy(larger, 0, 0, end);
        this.#buffer = larger;
        have = end;
      } else {
        // Too long: drop it, only search for its end.
        unfinished = start + end;
        have = 0;
      }
    }
  }

  /** @returns the offset after the next newline, if one was found in this step */
  #searchEnd(fd: number, from: number): { end?: number; searched: number; ended: boolean } {
    let at = from;
    while (at - from < SEARCH_BYTES) {
      const got = readSync(fd, this.#buffer, 0, this.#buffer.length, at);
      const newline = this.#buffer.subarray(0, got).indexOf(NEWLINE);
      if (newline >= 0) return { end: at + newline + 1, searched: at, ended: false };
      at += got;
      if (got < this.#buffer.length) return { searched: at, ended: true };
    }
    return { searched: at, ended: false };
  }

  /** A last line without a newline: nothing, unless it is a complete object. */
  #unfinished(fd: number, start: number, { searched, ended }: { searched: number; ended: boolean }): Read {
    const length = searched - start;
    if (ended && length < this.#longestLine && endsAsObject(lastBytes(fd, searched))) {
      if (this.#buffer.length <= length) this.#buffer = Buffer.allocUnsafeSlow(length + 1);
      if (readSync(fd, this.#buffer, 0, length, start) === length) return this.#take(fd, start, 0, length);
    }
    return { lines: NOTHING, start, offset: start, searched, tail: tailOf(fd, searched), ended };
  }

  /**
   * Take the whole lines out of the buffer.
   * @param whole where they end in the buffer
   * @param end where the file ends in the buffer; undefined when there is more
   */
  #take(fd: number, start: number, whole: number, end: number | undefined): Read {
    let length = whole;
    if (end !== undefined && end > whole && isObject(this.#buffer.subarray(whole, end))) {
      this.#buffer[end] = NEWLINE;
      length = end + 1;
    }
    const read = Math.min(length, end ?? length);
    const searched = start + (end ?? read);
    const isTailHere = searched === start + read && read >= SIGNATURE_BYTES;
    return {
      lines: this.#buffer.subarray(0, length),
      start,
      offset: start + read,
      searched,
      tail: isTailHere
        ? Bun.hash.xxHash32(this.#buffer.subarray(read - SIGNATURE_BYTES, read))
        : tailOf(fd, searched),
      ended: end !== undefined,
    };
  }
}

type Read = Pick<Chunk, "lines" | "start" | "ended"> & Pick<Cursor, "offset" | "searched" | "tail">;

const endOf = ({ offset, searched }: Cursor): number => Math.max(offset, searched);

const tailOf = (fd: number, end: number): number => hashOf(fd, Math.max(0, end - SIGNATURE_BYTES), end);

function hashOf(fd: number, from: number, to: number): number {
  const bytes = Buffer.allocUnsafe(to - from);
  const got = readSync(fd, bytes, 0, bytes.length, from);
  return Bun.hash.xxHash32(bytes.subarray(0, got));
}

function lastBytes(fd: number, end: number): Buffer {
  const last = Buffer.allocUnsafe(Math.min(64, end));
  return last.subarray(0, readSync(fd, last, 0, last.length, end - last.length));
}
