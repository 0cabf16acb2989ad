/**
 * Reads the usage in transcripts, one file after the other.
 *
 * Several threads may read one list: each claims a file before it opens it, so that every file is read once.
 */
import { closeSync, openSync } from "node:fs";
import { type Chunk, type Cursor, TranscriptReader } from "../claude/transcript-reader.ts";
import type { TranscriptFile } from "../claude/transcript-walk.ts";
import { type UsageOnLines, usageOnLines } from "./usage-lines.ts";

/** A transcript as the ledger remembers it. */
export interface KnownFile extends Cursor {
  readonly path: string;
  readonly size: number;
  /** Unix milliseconds. */
  readonly modified: number;
}

/** A transcript that has something to read. */
export interface Due {
  readonly file: TranscriptFile;
  readonly known: KnownFile | undefined;
}

/** The usage in a chunk of a transcript. */
export interface UsageChunk extends UsageOnLines, Pick<Chunk, "bytes" | "cursor" | "ended"> {
  /** Which file of the list it is. */
  readonly index: number;
}

export interface Unreadable {
  readonly path: string;
  /** The system's error code. */
  readonly reason: string;
}

/** Which files of a list are taken: one number each, shared between threads. */
export type Claims = Int32Array;

export const claims = (due: readonly Due[]): Claims =>
  new Int32Array(new SharedArrayBuffer(Math.max(4, due.length * 4)));

const claim = (taken: Claims, index: number): boolean => Atomics.exchange(taken, index, 1) === 0;

const LONGEST_LINE = 64 << 20;

/** The new content of the files that no other reader has claimed, chunk by chunk, in the list's order or backwards. */
export function* readFiles(
  due: readonly Due[],
  taken: Claims,
  backwards = false,
): Generator<UsageChunk | Unreadable, void> {
  const reader = new TranscriptReader(LONGEST_LINE);
  for (let step = 0; step < due.length; step++) {
    const index = backwards ? due.length - 1 - step : step;
    if (!claim(taken, index)) continue;
    const each = due[index] as Due;
    try {
      yield* readFile(reader, each, index);
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code;
      if (reason === undefined) throw error;
      yield { path: each.file.path, reason };
    }
  }
}

function* readFile(reader: TranscriptReader, { file, known }: Due, index: number): Generator<UsageChunk> {
  const fd = openSync(file.path, "r");
  try {
    const from = known && reader.isSameFile(fd, file, known) ? known : undefined;
    for (const chunk of reader.read(fd, file.inode, from)) {
      const { bytes, cursor, ended } = chunk;
      yield { index, bytes, cursor, ended, ...usageOnLines(fd, chunk, file.session) };
    }
  } finally {
    closeSync(fd);
  }
}
