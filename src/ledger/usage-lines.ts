/**
 * Usage and bills on the lines of a transcript.
 *
 * Only lines that have one of them are made into strings: a search for their markers passes a gigabyte a second.
 */
import { readSync } from "node:fs";
import { joinedObjects } from "../claude/joined-objects.ts";
import { sameTokens } from "../claude/token-counts.ts";
import {
  BILL_MARKER,
  type BillLine,
  readBill,
  readUsage,
  USAGE_MARKER,
  type UsageLine,
} from "../claude/transcript.ts";
import type { Chunk } from "../claude/transcript-reader.ts";

/** What some lines of a transcript contain. */
export interface UsageOnLines {
  /** `anonymous` identifies a message without an id. */
  readonly usage: { line: UsageLine; anonymous: string }[];
  /** `at` is 0 when no line before the bill has a time. Unix milliseconds. */
  readonly bills: { bill: BillLine; at: number }[];
}

const NEWLINE = 10;
const QUOTE = 34;
const SMALL_U = 117;
const BILL = Buffer.from(BILL_MARKER);
/** The end of the marker of usage, and of the key that every bill has: one search finds both. */
const USAGE_SUFFIX = Buffer.from('sage":{');
const USAGE = Buffer.from(USAGE_MARKER);
const USAGE_BEFORE = USAGE_MARKER.length - USAGE_SUFFIX.length;
const ASSISTANT = Buffer.from('"type":"assistant"');
const CONTENT = Buffer.from('"content":[');
const AFTER_CONTENT = Buffer.from('],"stop_reason":');
const TIMESTAMP = Buffer.from('"timestamp":"');

/** A bill has no time of its own: it was written after the line before it. ms. */
export const AFTER_LINE = 5_000;

/** @param session the session of the file */
export function usageOnLines(fd: number, { lines: bytes, start }: Chunk, session: string): UsageOnLines {
  const found = new Lines(fd, bytes, start, session);
  for (let hit = bytes.indexOf(USAGE_SUFFIX); hit >= 0; ) {
    const from = bytes.lastIndexOf(NEWLINE, hit) + 1;
    const to = bytes.indexOf(NEWLINE, hit);
    const usage = hit - USAGE_BEFORE;
    if (usage >= from && bytes[usage] === QUOTE && bytes[usage + 1] === SMALL_U) {
      if (!found.addUsage(from, usage, to)) found.addJoined(from, to);
      hit = bytes.indexOf(USAGE_SUFFIX, to);
    } else if (isBill(bytes, from)) {
      if (!found.addBill(from, to)) found.addJoined(from, to);
      hit = bytes.indexOf(USAGE_SUFFIX, to);
    } else {
      // Another key with the same end; the line may still have the right one.
      hit = bytes.indexOf(USAGE_SUFFIX, hit + 1);
    }
  }
  const { usage, bills } = found;
  return { usage, bills };
}

class Lines implements UsageOnLines {
  readonly usage: UsageOnLines["usage"] = [];
  readonly bills: UsageOnLines["bills"] = [];
  readonly #fd: number;
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly #session: string;

  constructor(fd: number, bytes: Buffer, start: number, session: string) {
    this.#fd = fd;
    this.#bytes = bytes;
    this.#start = start;
    this.#session = session;
  }

  /** @param marker where the line's marker of usage is @returns whether the line has usage */
  addUsage(from: number, marker: number, to: number): boolean {
    const lines = parseUsage(this.#bytes, from, marker, to);
    for (const line of lines) {
      const last = this.usage.at(-1);
      if (last && repeats(line, last.line)) {
        if (line.final && !last.line.final) last.line = { ...last.line, final: true };
        continue;
      }
      this.usage.push({ line, anonymous: line.id === undefined ? this.#anonymous(line, from, to) : "" });
    }
    return lines.length > 0;
  }

  /** @returns whether the line is a bill */
  addBill(from: number, to: number): boolean {
    const bill = readBill(this.#bytes.toString("utf8", from, to));
    if (bill) this.bills.push({ bill, at: this.#timeBefore(from) + AFTER_LINE });
    return bill !== undefined;
  }

  /** Add what is on a line that may be several objects without newlines between them. */
  addJoined(from: number, to: number): void {
    for (const [first, end] of joinedObjects(this.#bytes.subarray(from, to))) {
      const [at, until] = [from + first, from + end];
      const usage = this.#bytes.indexOf(USAGE, at);
      if (isBill(this.#bytes, at)) this.addBill(at, until);
      else if (usage >= 0 && usage < until) this.addUsage(at, usage, until);
    }
  }

  /** A message without an id is identified by its line's id, or by the line itself and its place. */
  #anonymous(line: UsageLine, from: number, to: number): string {
    const hash = () => Bun.hash.xxHash64(this.#bytes.subarray(from, to));
    return `line ${line.uuid ?? `${hash()} ${this.#session} ${this.#start + from}`}`;
  }

  /** The time on the last line before a place that has one; 0 when none of the last megabyte has. */
  #timeBefore(place: number): number {
    const here = lastTime(this.#bytes.subarray(0, place));
    if (here !== undefined || this.#start === 0) return here ?? 0;
    const before = Buffer.allocUnsafe(Math.min(this.#start, 1 << 20));
    const got = readSync(this.#fd, before, 0, before.length, this.#start - before.length);
    return lastTime(before.subarray(0, got)) ?? 0;
  }
}

const isBill = (bytes: Buffer, from: number): boolean =>
  bytes.compare(BILL, 0, BILL.length, from, from + BILL.length) === 0;

/** Whether a line adds nothing to the one before it: another content block of the same message. */
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
  sameTokens(line, before);

/**
 * The usage on the line from `from` to `to`.
 *
 * The content of a message is most of its line and not needed here, so the line is parsed without the bytes from
 * "content" to the "stop_reason" between it and the usage. If that cut was wrong, the brackets do not match or the
 * message is missing, and the whole line is parsed. Latin-1 takes a third of the time of UTF-8, and differs
 * only in characters that are not ASCII.
 */
function parseUsage(bytes: Buffer, from: number, marker: number, to: number): UsageLine[] {
  // The results of some tools have a usage of their own.
  if (!bytes.subarray(from, to).includes(ASSISTANT)) return [];
  const content = bytes.indexOf(CONTENT, from);
  if (content >= 0 && content < marker) {
    const rest = bytes.lastIndexOf(AFTER_CONTENT, marker);
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
