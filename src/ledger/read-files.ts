/**
 * Reads transcripts one after the other.
 *
 * Several threads may read one list: each claims a file before it opens it, so that every file is read once.
 */
import { closeSync, openSync } from "node:fs";
import type { TranscriptFile } from "../claude/transcript-file.ts";
import { type Piece, SIGNATURE_BYTES, TranscriptReader } from "./transcript-reader.ts";

/** A transcript as the ledger remembers it. */
export interface Known {
  readonly id: number;
  readonly device: number;
  readonly inode: number;
  readonly size: number;
  readonly modified: number;
  /** Bytes read so far: whole lines. */
  readonly offset: number;
  /** How far the search for the end of an unfinished last line got; at most `offset` when there is none. Bytes. */
  readonly searched: number;
  /** Hashes: of the first bytes before the offset, and of the last bytes that were read or searched. */
  readonly head: number;
  readonly tail: number;
}

/** A transcript that has something to read. */
export interface Due {
  readonly file: TranscriptFile;
  readonly known: Known | undefined;
}

export interface PieceOfFile {
  /** The file's place in the list. */
  readonly index: number;
  readonly piece: Piece;
  /** How many bytes of the file this piece is. */
  readonly bytes: number;
  /** A hash of the first bytes of the file, as many as `signature` takes for the piece's offset. */
  readonly head: number;
}

export interface Unreadable {
  readonly path: string;
  /** The system's word for why. */
  readonly reason: string;
}

/** Which files of a list are taken: one number each, shared between threads. */
export type Claims = Int32Array;

export const claims = (due: readonly Due[]): Claims =>
  new Int32Array(new SharedArrayBuffer(Math.max(4, due.length * 4)));

const claim = (taken: Claims, index: number): boolean => Atomics.exchange(taken, index, 1) === 0;

/** What is to be read of the files that nobody else has claimed, piece by piece, in the list's order or backwards. */
export function* readFiles(
  due: readonly Due[],
  taken: Claims,
  backwards = false,
): Generator<PieceOfFile | Unreadable, void> {
  const reader = new TranscriptReader();
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

function* readFile(reader: TranscriptReader, { file, known }: Due, index: number): Generator<PieceOfFile> {
  const fd = openSync(file.path, "r");
  try {
    const resumed = known && continues(reader, fd, file, known) ? known : undefined;
    let offset = resumed?.offset ?? 0;
    let searched = Math.max(offset, resumed?.searched ?? 0);
    let head: number | undefined;
    for (;;) {
      const before = Math.max(offset, searched);
      const wasShort = offset < SIGNATURE_BYTES;
      const piece = reader.next(fd, offset, file.session, searched);
      ({ offset, searched } = piece);
      // The hash is of more bytes, as long as the offset is within them.
      if (head === undefined || wasShort) head = reader.head(fd, offset);
      yield { index, piece, bytes: Math.max(offset, searched) - before, head };
      if (piece.ended) return;
    }
  } finally {
    closeSync(fd);
  }
}

/** Whether the file is still the one that was read, perhaps longer. */
function continues(reader: TranscriptReader, fd: number, file: TranscriptFile, known: Known): boolean {
  const end = Math.max(known.offset, known.searched);
  if (known.inode !== file.inode || file.size < end) return false;
  return reader.head(fd, known.offset) === known.head && reader.tail(fd, end) === known.tail;
}
