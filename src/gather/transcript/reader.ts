/** Reads the session's transcript from where the last pass stopped: the cursor is kept in the session's state. */
import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { joinedObjects } from "../../claude/joined-objects.ts";
import { amount, at, count, field, type Json } from "../../claude/json.ts";
import { type Cursor, TranscriptReader } from "../../claude/transcript-reader.ts";
import { addLine, emptyTally, type TranscriptTally } from "./tally.ts";

export interface SessionCursor extends Cursor {
  readonly path: string;
  readonly tally: TranscriptTally;
}

/** Raised when a tally of an earlier version would be misread. */
const CURSOR_VERSION = 4;

/** @returns undefined when `json` is not a cursor of this version for this path */
export function readCursor(json: Json, path: string): SessionCursor | undefined {
  if (field(json, "version") !== CURSOR_VERSION || field(json, "path") !== path) return undefined;
  // Some file systems have inodes that a double does not hold exactly.
  const inode = amount(field(json, "inode"));
  const [offset, searched, head, tail] = ["offset", "searched", "head", "tail"].map((name) =>
    count(field(json, name)),
  );
  if (inode === undefined || offset === undefined || searched === undefined) return undefined;
  if (head === undefined || tail === undefined) return undefined;
  const tally = field(json, "tally");
  const lists = [
    ...["pending", "recent", "background"].map((name) => field(tally, name)),
    at(tally, "todos", "items"),
  ];
  if (!lists.every(Array.isArray)) return undefined;
  return {
    path,
    inode,
    offset,
    searched,
    head,
    tail,
    tally: { ...emptyTally(), ...(tally as TranscriptTally) },
  };
}

export const writeCursor = (cursor: SessionCursor): Json => ({ version: CURSOR_VERSION, ...cursor });

/** No message of a conversation is longer. Bytes. */
const LONGEST_LINE = 16 << 20;

/** How long it reads before timers and signals, such as the deadline, are handled. ms. */
const TURN_MS = 40;

const NEWLINE = 10;

/**
 * Read on from `before`, or from the start if the file is another one by now.
 * @param signal stops before the next chunk; what was read until then is in the cursor returned
 * @returns the new cursor, and whether the end of the file was reached
 * @throws the system's error when the file cannot be read, and Error when it is not a regular one
 */
export async function readOn(
  path: string,
  before: SessionCursor | undefined,
  signal: AbortSignal,
): Promise<{ cursor: SessionCursor; complete: boolean }> {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const facts = fstatSync(fd);
    if (!facts.isFile()) throw new Error("the transcript is not a regular file");
    const file = { inode: facts.ino, size: facts.size };
    const reader = new TranscriptReader(LONGEST_LINE);
    const from = before && reader.isSameFile(fd, file, before) ? before : undefined;
    const tally = from ? structuredClone(from.tally) : emptyTally();
    let cursor = from ?? { inode: file.inode, offset: 0, searched: 0, head: 0, tail: 0 };
    let complete = false;
    let turn = performance.now();
    for (const chunk of reader.read(fd, file.inode, from)) {
      addLines(tally, chunk.lines);
      ({ cursor, ended: complete } = chunk);
      if (signal.aborted) break;
      if (performance.now() - turn <= TURN_MS) continue;
      await Bun.sleep(0);
      turn = performance.now();
    }
    return { cursor: { ...cursor, path, tally }, complete };
  } finally {
    closeSync(fd);
  }
}

function addLines(tally: TranscriptTally, lines: Buffer): void {
  let start = 0;
  for (let end = lines.indexOf(NEWLINE); end >= 0; end = lines.indexOf(NEWLINE, start)) {
    if (end > start) addBytes(tally, lines.subarray(start, end));
    start = end + 1;
  }
}

function addBytes(tally: TranscriptTally, bytes: Buffer): void {
  const line = parse(bytes);
  if (line !== undefined) addLine(tally, line);
  // A line that a crash tore and the next start appended to: count what is complete on it.
  else for (const [from, to] of joinedObjects(bytes)) addLine(tally, parse(bytes.subarray(from, to)));
}

function parse(bytes: Buffer): Json | undefined {
  try {
    return JSON.parse(bytes.toString("utf8")) as Json;
  } catch {
    return undefined;
  }
}
