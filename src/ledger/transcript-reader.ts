/**
 * What was appended to a transcript since it was last read, in whole lines, through one buffer that is used again.
 *
 * Only lines that have usage or a bill are made into strings: a search for their markers finds them a gigabyte a second.
 * A line that is not finished yet (its writer is in the middle of it, or was killed there) is left for the next pass.
 */
import { readSync } from "node:fs";
import {
  BILL_MARKER,
  type BillLine,
  readBill,
  readUsage,
  USAGE_MARKER,
  type UsageLine,
} from "../claude/transcript.ts";
import type { Anonymous } from "./writer.ts";

/** What one piece of a transcript held. */
export interface Piece {
  readonly usage: { line: UsageLine; anonymous: Anonymous }[];
  readonly bills: { bill: BillLine; at: number }[];
  /** The offset after the last whole line. Bytes. */
  readonly offset: number;
  /** The last bytes before that offset, hashed. */
  readonly tail: number;
  /** The end of the file was reached. */
  readonly ended: boolean;
}

const CHUNK = 512 << 10;
/** A longer line is passed over: it is an attachment. */
const LONGEST_LINE = 64 << 20;
const SIGNATURE = 256;
const NEWLINE = 10;
const QUOTE = 34;
const SMALL_U = 117;
const BILL = Buffer.from(BILL_MARKER);
/** The end of the marker of usage, and of the key that every bill has: one search finds both. */
const EITHER = Buffer.from('sage":{');
const USAGE_BEFORE = USAGE_MARKER.length - EITHER.length;
const ASSISTANT = Buffer.from('"type":"assistant"');
const CONTENT = Buffer.from('"content":[');
const AFTER_CONTENT = Buffer.from('],"stop_reason":');
const TIMESTAMP = Buffer.from('"timestamp":"');

/** A bill has no time of its own: it was written after the line before it. ms. */
const AFTER_LINE = 5_000;

export class TranscriptReader {
  #buffer = Buffer.allocUnsafeSlow(CHUNK);

  /**
   * Read on from `offset`, at most about two megabytes.
   * @throws the system's error when the file cannot be read
   */
  next(fd: number, offset: number, session: string): Piece {
    let start = offset;
    let have = 0;
    for (;;) {
      const got = readSync(fd, this.#buffer, have, this.#buffer.length - have, start + have);
      const end = have + got;
      const ended = got === 0 || end < this.#buffer.length;
      const whole = end === 0 ? 0 : this.#buffer.lastIndexOf(NEWLINE, end - 1) + 1;
      if (whole > 0 || ended) return this.#parse(fd, start, whole, ended, session);
      if (this.#buffer.length < LONGEST_LINE) {
        const larger = Buffer.allocUnsafeSlow(this.#buffer.length * 2);
        this.#buffer.copy(larger, 0, 0, end);
        this.#buffer = larger;
        have = end;
      } else {
        // Skip to the line's end, keeping nothing of it.
        start += end;
        have = 0;
      }
    }
  }

  /** The hash of the last bytes before `offset`, and of the first bytes of the file up to there. */
  signature(fd: number, offset: number): { head: number; tail: number } {
    return { head: this.#hash(fd, 0, Math.min(SIGNATURE, offset)), tail: this.#tail(fd, offset) };
  }

  #tail(fd: number, offset: number): number {
    return this.#hash(fd, Math.max(0, offset - SIGNATURE), offset);
  }

  #hash(fd: number, from: number, to: number): number {
    const bytes = Buffer.allocUnsafe(to - from);
    const got = readSync(fd, bytes, 0, bytes.length, from);
    return Bun.hash.xxHash32(bytes.subarray(0, got));
  }

  #parse(fd: number, start: number, length: number, ended: boolean, session: string): Piece {
    const bytes = this.#buffer.subarray(0, length);
    const piece: Piece = {
      usage: [],
      bills: [],
      offset: start + length,
      tail:
        length >= SIGNATURE
          ? Bun.hash.xxHash32(bytes.subarray(length - SIGNATURE))
          : this.#tail(fd, start + length),
      ended,
    };
    for (let hit = bytes.indexOf(EITHER); hit >= 0; ) {
      const from = bytes.lastIndexOf(NEWLINE, hit) + 1;
      const to = bytes.indexOf(NEWLINE, hit);
      const usage = hit - USAGE_BEFORE;
      if (usage >= from && bytes[usage] === QUOTE && bytes[usage + 1] === SMALL_U) {
        this.#keepUsage(piece, bytes, from, usage, to, `${session} ${start + from}`);
        hit = bytes.indexOf(EITHER, to);
      } else if (bytes.compare(BILL, 0, BILL.length, from, from + BILL.length) === 0) {
        const bill = readBill(bytes.toString("utf8", from, to));
        if (bill)
          piece.bills.push({ bill, at: this.#timeBefore(fd, bytes.subarray(0, from), start) + AFTER_LINE });
        hit = bytes.indexOf(EITHER, to);
      } else {
        // Another key that ends the same way; the line may still have the right one.
        hit = bytes.indexOf(EITHER, hit + 1);
      }
    }
    return piece;
  }

  #keepUsage(piece: Piece, bytes: Buffer, from: number, usage: number, to: number, place: string): void {
    for (const line of parseUsage(bytes, from, usage, to)) {
      const last = piece.usage.at(-1);
      if (last && repeats(line, last.line)) {
        if (line.final && !last.line.final) last.line = { ...last.line, final: true };
        continue;
      }
      const anonymous = line.id === undefined ? nameless(line, bytes.subarray(from, to), place) : "";
      piece.usage.push({ line, anonymous });
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

/** Whether a line says nothing that the one before it has not said: another content block of the same message. */
const repeats = (line: UsageLine, before: UsageLine): boolean =>
  line.id !== undefined &&
  line.id === before.id &&
  line.requestId === before.requestId &&
  line.sidechain === before.sidechain &&
  line.sessionId === before.sessionId &&
  line.model === before.model &&
  line.speed === before.speed &&
  line.geo === before.geo &&
  line.requests?.least === before.requests?.least &&
  line.requests?.most === before.requests?.most &&
  line.at >= before.at &&
  line.output === before.output &&
  line.input === before.input &&
  line.cacheRead === before.cacheRead &&
  line.cacheWrite5m === before.cacheWrite5m &&
  line.cacheWrite1h === before.cacheWrite1h;

/** A message without an id is known by its line's; by the line itself and its place, where that has none either. */
const nameless = (line: UsageLine, bytes: Buffer, place: string): Anonymous =>
  `line ${line.uuid ?? `${Bun.hash.xxHash64(bytes)} ${place}`}`;

/**
 * The usage on the line from `from` to `to`, whose marker is at `hit`.
 *
 * What a message says is most of its line and none of our business, so the line is parsed without it: from its
 * "content" to the "stop_reason" that stands between it and the usage. Where that cut was wrong the brackets do not
 * match or the message is missing, and the whole line is parsed. Latin-1 takes a third of the time of UTF-8, and differs
 * only in what is not ASCII.
 */
function parseUsage(bytes: Buffer, from: number, hit: number, to: number): UsageLine[] {
  // The results of some tools have a usage of their own.
  if (!bytes.subarray(from, to).includes(ASSISTANT)) return [];
  const content = bytes.indexOf(CONTENT, from);
  if (content >= 0 && content < hit) {
    const rest = bytes.lastIndexOf(AFTER_CONTENT, hit);
    if (rest > content) {
      const before = bytes.toString("latin1", from, content + CONTENT.length);
      const found = readUsage(before + bytes.toString("latin1", rest, to));
      if (found.length > 0 && found.every(isAscii)) return found;
    }
  }
  return readUsage(bytes.toString("utf8", from, to));
}

const isAscii = ({ model, sessionId = "" }: UsageLine): boolean =>
  !NOT_ASCII.test(model) && !NOT_ASCII.test(sessionId);
const NOT_ASCII = /[^\x20-\x7e]/;

function lastTime(bytes: Buffer): number | undefined {
  for (let hit = bytes.lastIndexOf(TIMESTAMP); hit >= 0; hit = bytes.lastIndexOf(TIMESTAMP, hit - 1)) {
    const at = Date.parse(bytes.toString("latin1", hit + TIMESTAMP.length, hit + TIMESTAMP.length + 24));
    if (!Number.isNaN(at)) return at;
    if (hit === 0) break;
  }
  return undefined;
}
