/**
 * What was appended to a transcript since it was last read, in whole lines, through one buffer that is used again.
 *
 * Only lines that have usage or a bill are made into strings: a search for their markers finds them a gigabyte a second.
 *
 * The last line may have no newline. If it is a complete JSON object, it is read like any other: no prefix of an object
 * is an object itself, so nothing that is appended later can be a part of it. Otherwise its writer is in the middle of it,
 * or was killed there: it is left for the next pass, which searches only what was appended for the line's end.
 */
import { readSync } from "node:fs";
import { endsAsObject, isObject, joinedObjects } from "../claude/joined-objects.ts";
import { BILL_MARKER, type BillLine, readBill, USAGE_MARKER, type UsageLine } from "../claude/transcript.ts";
import { lastTime, nameless, parseUsage, repeats } from "./transcript-lines.ts";
import type { Anonymous } from "./writer.ts";

/** What one piece of a transcript held. */
export interface Piece {
  readonly usage: { line: UsageLine; anonymous: Anonymous }[];
  readonly bills: { bill: BillLine; at: number }[];
  /** The offset after the last whole line. Bytes. */
  readonly offset: number;
  /** From `offset` up to here there is no newline. Bytes. */
  readonly searched: number;
  /** A hash of the last bytes before `searched`. */
  readonly tail: number;
  /** The end of the file was reached. */
  readonly ended: boolean;
}

const CHUNK = 512 << 10;
/** A longer line is skipped: it is an attachment. */
const LONGEST_LINE = 64 << 20;
/** How much is searched for a line's end in one step. Bytes. */
const SEARCH = 64 << 20;
/** How many bytes tell a file from another, at each end of what was read. */
export const SIGNATURE_BYTES = 256;
const NEWLINE = 10;
const QUOTE = 34;
const SMALL_U = 117;
const BILL = Buffer.from(BILL_MARKER);
/** The end of the marker of usage, and of the key that every bill has: one search finds both. */
const EITHER = Buffer.from('sage":{');
const USAGE = Buffer.from(USAGE_MARKER);
const USAGE_BEFORE = USAGE_MARKER.length - EITHER.length;

/** A bill has no time of its own: it was written after the line before it. ms. */
export const AFTER_LINE = 5_000;

export class TranscriptReader {
  #buffer = Buffer.allocUnsafeSlow(CHUNK);

  /**
   * Read on from `offset`, at most about two megabytes.
   * @param searched from `offset` up to here there is no newline
   * @throws the system's error when the file cannot be read
   */
  next(fd: number, offset: number, session: string, searched = offset): Piece {
    let start = offset;
    let have = 0;
    let unfinished = searched;
    for (;;) {
      if (unfinished > start) {
        const line = this.#searchEnd(fd, unfinished);
        if (line.end === undefined) return this.#unfinished(fd, start, line, session);
        if (line.end - start > LONGEST_LINE) start = line.end;
        unfinished = start;
      }
      const got = readSync(fd, this.#buffer, have, this.#buffer.length - have, start + have);
      const end = have + got;
      const ended = end < this.#buffer.length;
      const whole = end === 0 ? 0 : this.#buffer.lastIndexOf(NEWLINE, end - 1) + 1;
      if (whole > 0 || ended) return this.#parse(fd, start, whole, ended ? end : undefined, session);
      if (this.#buffer.length < LONGEST_LINE) {
        const larger = Buffer.allocUnsafeSlow(this.#buffer.length * 2);
        this.#buffer.copy(larger, 0, 0, end);
        this.#buffer = larger;
        have = end;
      } else {
        // Too long: nothing of it is kept, only its end is searched for.
        unfinished = start + end;
        have = 0;
      }
    }
  }

  /** A hash of the first bytes of the file, as far as they are before `offset`. */
  head(fd: number, offset: number): number {
    return this.#hash(fd, 0, Math.min(SIGNATURE_BYTES, offset));
  }

  /** A hash of the last bytes before `offset`. */
  tail(fd: number, offset: number): number {
    return this.#hash(fd, Math.max(0, offset - SIGNATURE_BYTES), offset);
  }

  /** Search a part of the file for a newline. @returns the offset after it, if there is one */
  #searchEnd(fd: number, from: number): { end?: number; searched: number; ended: boolean } {
    let at = from;
    while (at - from < SEARCH) {
      const got = readSync(fd, this.#buffer, 0, this.#buffer.length, at);
      const newline = this.#buffer.subarray(0, got).indexOf(NEWLINE);
      if (newline >= 0) return { end: at + newline + 1, searched: at, ended: false };
      at += got;
      if (got < this.#buffer.length) return { searched: at, ended: true };
    }
    return { searched: at, ended: false };
  }

  /** The piece for a last line whose end was not found: nothing, unless it is a complete object. */
  #unfinished(
    fd: number,
    start: number,
    { searched, ended }: { searched: number; ended: boolean },
    session: string,
  ): Piece {
    const length = searched - start;
    if (ended && length < LONGEST_LINE && this.#endsAsObject(fd, searched)) {
      if (this.#buffer.length <= length) this.#buffer = Buffer.allocUnsafeSlow(length + 1);
      const got = readSync(fd, this.#buffer, 0, length, start);
      if (got === length) return this.#parse(fd, start, 0, length, session);
    }
    return { usage: [], bills: [], offset: start, searched, tail: this.tail(fd, searched), ended };
  }

  #endsAsObject(fd: number, end: number): boolean {
    const last = Buffer.allocUnsafe(Math.min(64, end));
    const got = readSync(fd, last, 0, last.length, end - last.length);
    return endsAsObject(last.subarray(0, got));
  }

  #hash(fd: number, from: number, to: number): number {
    const bytes = Buffer.allocUnsafe(to - from);
    const got = readSync(fd, bytes, 0, bytes.length, from);
    return Bun.hash.xxHash32(bytes.subarray(0, got));
  }

  /**
   * Take the whole lines out of the buffer.
   * @param whole where they end in the buffer
   * @param end where the file ends in the buffer; undefined when it goes on
   */
  #parse(fd: number, start: number, whole: number, end: number | undefined, session: string): Piece {
    let length = whole;
    if (end !== undefined && end > whole && isObject(this.#buffer.subarray(whole, end))) {
      this.#buffer[end] = NEWLINE;
      length = end + 1;
    }
    const read = Math.min(length, end ?? length);
    const searched = start + (end ?? read);
    const bytes = this.#buffer.subarray(0, length);
    const piece: Piece = {
      usage: [],
      bills: [],
      offset: start + read,
      searched,
      tail:
        searched === start + read && read >= SIGNATURE_BYTES
          ? Bun.hash.xxHash32(bytes.subarray(read - SIGNATURE_BYTES, read))
          : this.tail(fd, searched),
      ended: end !== undefined,
    };
    for (let hit = bytes.indexOf(EITHER); hit >= 0; ) {
      const from = bytes.lastIndexOf(NEWLINE, hit) + 1;
      const to = bytes.indexOf(NEWLINE, hit);
      const place = `${session} ${start + from}`;
      const usage = hit - USAGE_BEFORE;
      if (usage >= from && bytes[usage] === QUOTE && bytes[usage + 1] === SMALL_U) {
        if (!this.#keepUsage(piece, bytes, from, usage, to, place))
          this.#keepJoined(piece, bytes, from, to, { fd, start, session });
        hit = bytes.indexOf(EITHER, to);
      } else if (isBill(bytes, from)) {
        if (!this.#keepBill(piece, bytes, from, to, { fd, start }))
          this.#keepJoined(piece, bytes, from, to, { fd, start, session });
        hit = bytes.indexOf(EITHER, to);
      } else {
        // Another key that ends the same way; the line may still have the right one.
        hit = bytes.indexOf(EITHER, hit + 1);
      }
    }
    return piece;
  }

  /** @returns whether the line had usage */
  #keepUsage(piece: Piece, bytes: Buffer, from: number, usage: number, to: number, place: string): boolean {
    const lines = parseUsage(bytes, from, usage, to);
    for (const line of lines) {
      const last = piece.usage.at(-1);
      if (last && repeats(line, last.line)) {
        if (line.final && !last.line.final) last.line = { ...last.line, final: true };
        continue;
      }
      const anonymous = line.id === undefined ? nameless(line, bytes.subarray(from, to), place) : "";
      piece.usage.push({ line, anonymous });
    }
    return lines.length > 0;
  }

  /** @returns whether the line was a bill */
  #keepBill(piece: Piece, bytes: Buffer, from: number, to: number, { fd, start }: Place): boolean {
    const bill = readBill(bytes.toString("utf8", from, to));
    if (bill)
      piece.bills.push({ bill, at: this.#timeBefore(fd, bytes.subarray(0, from), start) + AFTER_LINE });
    return bill !== undefined;
  }

  /** Keep what is on a line that may be several objects without newlines between them. */
  #keepJoined(
    piece: Piece,
    bytes: Buffer,
    from: number,
    to: number,
    place: Place & { readonly session: string },
  ): void {
    for (const [first, end] of joinedObjects(bytes.subarray(from, to))) {
      const [at, until] = [from + first, from + end];
      const usage = bytes.indexOf(USAGE, at);
      if (isBill(bytes, at)) this.#keepBill(piece, bytes, at, until, place);
      else if (usage >= 0 && usage < until)
        this.#keepUsage(piece, bytes, at, usage, until, `${place.session} ${place.start + at}`);
    }
  }

  /** The time on the last line before a place in the file that has one; 0 when none of the last megabyte has. */
  #timeBefore(fd: number, bytes: Buffer, start: number): number {
    const here = lastTime(bytes);
    if (here !== undefined || start === 0) return here ?? 0;
    const before = Buffer.allocUnsafe(Math.min(start, 1 << 20));
    const got = readSync(fd, before, 0, before.length, start - before.length);
    return lastTime(before.subarray(0, got)) ?? 0;
  }
}

/** Where the bytes of a buffer are from. */
interface Place {
  readonly fd: number;
  /** The offset of the buffer's first byte. */
  readonly start: number;
}

const isBill = (bytes: Buffer, from: number): boolean =>
  bytes.compare(BILL, 0, BILL.length, from, from + BILL.length) === 0;
