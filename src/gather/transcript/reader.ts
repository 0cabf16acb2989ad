/**
 * Reading what was appended to a transcript since the last pass: whole lines only, in flat memory.
 *
 * A last line without a newline is taken once it is a complete JSON object: no prefix of an object is an object itself, so
 * nothing that is appended later can be a part of it. Until then the cursor keeps how far the search for its end got.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { endsAsObject, isObject, joinedObjects } from "../../claude/joined-objects.ts";
import type { Json } from "../../claude/json.ts";
import type { Cursor } from "./cursor.ts";
import { emptyTally, noteLine } from "./tally.ts";

const CHUNK = 256 * 1024;

/** A longer line is passed over: no message of a conversation is that long. Bytes. */
const LINE_LIMIT = 16 * 1024 * 1024;

/** How much of a file's beginning tells it from another in its place. Bytes. */
const HEAD = 256;

/** How long it reads before timers and signals get their turn: the deadline is one of them. Milliseconds. */
const TURN_MS = 40;

const NEWLINE = 0x0a;

/**
 * Read on from `cursor`, or from the start when there is none or the file is another one by now.
 * @param signal stops the reading at the next chunk; what was read until then is in the cursor returned
 * @returns the new cursor, and whether the file's end was reached
 * @throws the system's error when there is no such file, and Error when it is not a regular one
 */
export async function readOn(
  path: string,
  cursor: Cursor | undefined,
  signal: AbortSignal,
): Promise<{ cursor: Cursor; complete: boolean }> {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const facts = fstatSync(fd);
    if (!facts.isFile()) throw new Error("the transcript is not a regular file");
    const file = `${facts.dev}:${facts.ino}`;
    const head = headOf(fd);
    const same =
      cursor?.file === file && endOf(cursor) <= facts.size && isSameHead(cursor.head, fd)
        ? cursor
        : undefined;
    const from: Cursor = same
      ? structuredClone({ ...same, head })
      : { path, file, head, offset: 0, tally: emptyTally() };
    // The unfinished line was replaced by another one, or is short: it is read again from its beginning.
    if (from.searched && (from.searched.tail !== tailOf(fd, endOf(from)) || isShort(from, facts.size)))
      delete from.searched;
    const complete = await readLines(fd, from, signal);
    return { cursor: from, complete };
  } finally {
    closeSync(fd);
  }
}

/** How far the file was read or searched. */
const endOf = ({ offset, searched }: Cursor): number => searched?.end ?? offset;

const isShort = (cursor: Cursor, size: number): boolean =>
  size > endOf(cursor) && endOf(cursor) - cursor.offset < CHUNK;

async function readLines(fd: number, cursor: Cursor, signal: AbortSignal): Promise<boolean> {
  const turn = new Turn(signal);
  for (;;) {
    if (cursor.searched) {
      const found = await searchEnd(fd, cursor, turn);
      if (found !== true) return found === "end of file";
    }
    const read = await readWholeLines(fd, cursor, turn);
    if (read !== "long line") return read === "end of file";
  }
}

/** Lets timers and signals get their turn now and then. */
class Turn {
  readonly signal: AbortSignal;
  #began = performance.now();

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  async next(): Promise<void> {
    if (performance.now() - this.#began <= TURN_MS) return;
    await Bun.sleep(0);
    this.#began = performance.now();
  }
}

/**
 * Search on for the end of the line that begins at the cursor's offset.
 * @returns whether it was found: the cursor is then at a line that can be read
 */
async function searchEnd(fd: number, cursor: Cursor, turn: Turn): Promise<true | "end of file" | "stopped"> {
  const buffer = Buffer.allocUnsafe(CHUNK);
  const before = endOf(cursor);
  for (let at = before; ; ) {
    if (turn.signal.aborted) return "stopped";
    const got = readSync(fd, buffer, 0, buffer.length, at);
    const newline = buffer.subarray(0, got).indexOf(NEWLINE);
    if (newline >= 0) {
      const end = at + newline + 1;
      if (end - cursor.offset > LINE_LIMIT) cursor.offset = end;
      delete cursor.searched;
      return true;
    }
    at += got;
    cursor.searched = { end: at, tail: tailOf(fd, at) };
    if (got === 0) {
      if (at > before && at - cursor.offset <= LINE_LIMIT) takeUnfinished(fd, cursor, at);
      return "end of file";
    }
    await turn.next();
  }
}

/** Take the last line when it is a complete object, though no newline follows. */
function takeUnfinished(fd: number, cursor: Cursor, end: number): void {
  const last = Buffer.alloc(Math.min(64, end - cursor.offset));
  readSync(fd, last, 0, last.length, end - last.length);
  if (!endsAsObject(last)) return;
  const line = Buffer.alloc(end - cursor.offset);
  if (readSync(fd, line, 0, line.length, cursor.offset) !== line.length || !isObject(line)) return;
  takeLine(cursor, line);
  cursor.offset = end;
  delete cursor.searched;
}

/** Read lines up to the end of the file, or to a line that is too long. */
async function readWholeLines(
  fd: number,
  cursor: Cursor,
  turn: Turn,
): Promise<"end of file" | "long line" | "stopped"> {
  let rest = Buffer.alloc(0);
  let at = cursor.offset;
  for (;;) {
    if (turn.signal.aborted) return "stopped";
    // A line that is longer than a chunk is read in steps that double, so that it is not copied too often.
    const buffer = Buffer.allocUnsafe(rest.length + Math.max(CHUNK, rest.length));
    buffer.set(rest);
    const got = readSync(fd, buffer, rest.length, buffer.length - rest.length, at);
    if (got === 0) {
      if (rest.length > 0) cursor.searched = { end: at, tail: tailOf(fd, at) };
      if (rest.length > 0) takeUnfinished(fd, cursor, at);
      return "end of file";
    }
    at += got;
    const bytes = buffer.subarray(0, rest.length + got);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE, rest.length); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      takeLine(cursor, bytes.subarray(start, end));
      start = end + 1;
      cursor.offset = at - (bytes.length - start);
    }
    rest = bytes.subarray(start);
    if (rest.length > LINE_LIMIT) {
      cursor.searched = { end: at, tail: tailOf(fd, at) };
      return "long line";
    }
    await turn.next();
  }
}

function takeLine(cursor: Cursor, bytes: Buffer): void {
  if (bytes.length === 0) return;
  const line = parse(bytes);
  if (line !== undefined) noteLine(cursor.tally, line);
  // A line that a crash tore and the next start appended to: what is complete on it counts.
  else for (const [from, to] of joinedObjects(bytes)) noteLine(cursor.tally, parse(bytes.subarray(from, to)));
}

function parse(bytes: Buffer): Json | undefined {
  try {
    return JSON.parse(bytes.toString("utf8")) as Json;
  } catch {
    return undefined;
  }
}

/** A hash of the last bytes before an offset. */
function tailOf(fd: number, end: number): string {
  const bytes = Buffer.alloc(Math.min(HEAD, end));
  readSync(fd, bytes, 0, bytes.length, end - bytes.length);
  return Bun.hash(bytes).toString(36);
}

function headOf(fd: number, length = HEAD): string {
  const bytes = new Uint8Array(length);
  const got = readSync(fd, bytes, 0, length, 0);
  return `${got}:${Bun.hash(bytes.subarray(0, got)).toString(36)}`;
}

/** A head that was taken when the file was shorter is compared over the length that it had then. */
const isSameHead = (head: string, fd: number): boolean =>
  head === headOf(fd, Math.min(HEAD, Number.parseInt(head, 10) || HEAD));
