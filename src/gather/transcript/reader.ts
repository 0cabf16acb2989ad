/** Reading what was appended to a transcript since the last pass: whole lines only, in flat memory. */
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
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
    const same = cursor?.file === file && cursor.offset <= facts.size && isSameHead(cursor.head, fd);
    const from: Cursor = same
      ? structuredClone({ ...cursor, head })
      : { path, file, head, offset: 0, tally: emptyTally() };
    const complete = await readLines(fd, from, signal);
    return { cursor: from, complete };
  } finally {
    closeSync(fd);
  }
}

async function readLines(fd: number, cursor: Cursor, signal: AbortSignal): Promise<boolean> {
  let rest = new Uint8Array(0);
  let skipping = false;
  let at = cursor.offset;
  let turn = performance.now();
  for (;;) {
    if (signal.aborted) return false;
    // A line that is longer than a chunk is read in steps that double, so that it is not copied too often.
    const buffer = new Uint8Array(rest.length + Math.max(CHUNK, rest.length));
    buffer.set(rest);
    const got = readSync(fd, buffer, rest.length, buffer.length - rest.length, at);
    if (got === 0) return true;
    at += got;
    const bytes = buffer.subarray(0, rest.length + got);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE, rest.length); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      if (!skipping) takeLine(cursor, bytes.subarray(start, end));
      skipping = false;
      start = end + 1;
      cursor.offset = at - (bytes.length - start);
    }
    rest = bytes.slice(start);
    if (skipping || rest.length > LINE_LIMIT) {
      skipping = true;
      rest = new Uint8Array(0);
    }
    if (performance.now() - turn > TURN_MS) {
      await Bun.sleep(0);
      turn = performance.now();
    }
  }
}

const decoder = new TextDecoder();

function takeLine(cursor: Cursor, bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  let line: Json;
  try {
    line = JSON.parse(decoder.decode(bytes));
  } catch {
    // A line that a crash tore and the next start wrote behind: it costs itself.
    return;
  }
  noteLine(cursor.tally, line);
}

function headOf(fd: number, length = HEAD): string {
  const bytes = new Uint8Array(length);
  const got = readSync(fd, bytes, 0, length, 0);
  return `${got}:${Bun.hash(bytes.subarray(0, got)).toString(36)}`;
}

/** A head that was taken when the file was shorter is compared over the length that it had then. */
const isSameHead = (head: string, fd: number): boolean =>
  head === headOf(fd, Math.min(HEAD, Number.parseInt(head, 10) || HEAD));
