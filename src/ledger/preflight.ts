/**
 * Checks that SQLite does not make when it opens a file: constants in the header, and whether the write-ahead log has lost
 * commits. For SQLite a log ends at a damaged frame, without an error.
 *
 * https://www.sqlite.org/fileformat2.html, sections 1.3 and 4; https://www.sqlite.org/walformat.html, section 2.1
 */
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { readCloseRecord } from "./close-record.ts";
import { damaged } from "./errors.ts";

/** Another process may be writing the log: read it again before it counts as damaged. */
const READS = 3;
const BETWEEN_READS_MS = 20;

/** @throws an error with SQLite's code for damage when the file at `path` or its log is damaged */
export function checkBeforeOpening(path: string): void {
  checkHeader(path);
  for (let read = 1; hasLostCommits(path); read++) {
    if (read === READS) throw damaged("its write-ahead log is damaged");
    Bun.sleepSync(BETWEEN_READS_MS);
  }
}

const MAGIC = "SQLite format 3\0";

/** Bytes of the header with few valid values. */
const CONSTANTS: readonly (readonly [offset: number, allowed: readonly number[]])[] = [
  [18, [1, 2]],
  [19, [1, 2]],
  [20, [0]],
  [21, [64]],
  [22, [32]],
  [23, [32]],
  // The schema's format.
  ...[44, 45, 46].map((offset) => [offset, [0]] as const),
  [47, [0, 4]],
  // No auto-vacuum; UTF-8.
  ...[52, 53, 54, 55, 56, 57, 58, 64, 65, 66, 67].map((offset) => [offset, [0]] as const),
  [59, [0, 1]],
];

function checkHeader(path: string): void {
  const header = firstBytes(path, 100);
  if (header.length === 0) {
    if ((readCloseRecord(path)?.messages ?? 0) > 0) throw damaged("the file is empty");
    return;
  }
  if (header.toString("latin1", 0, 16) !== MAGIC) throw damaged("the file is not a database");
  const pageSize = header.readUInt16BE(16);
  const isPower = pageSize === 1 || (pageSize >= 512 && (pageSize & (pageSize - 1)) === 0);
  if (!isPower || CONSTANTS.some(([offset, allowed]) => !allowed.includes(header[offset] as number)))
    throw damaged("the file's header is damaged");
}

function firstBytes(path: string, count: number): Buffer {
  const fd = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(count);
    return bytes.subarray(0, readSync(fd, bytes, 0, count, 0));
  } finally {
    closeSync(fd);
  }
}

const WAL_HEADER = 32;
const FRAME_HEADER = 24;

/** Whether commits in the log of the ledger at `path` are unreadable. */
export function hasLostCommits(path: string): boolean {
  // In this order: a commit is in the log before it is in the index.
  const index = readIndex(`${path}-shm`);
  const log = readOrNothing(`${path}-wal`);
  if (log.length < WAL_HEADER) return index !== undefined && index.frames > index.writtenBack;
  const magic = log.readUInt32BE(0);
  const little = magic === 0x377f0682;
  const sum = new Checksum(little);
  sum.add(log, 0, 24);
  if ((!little && magic !== 0x377f0683) || !sum.equals(log, 24)) return log.some((byte) => byte !== 0);
  const size = FRAME_HEADER + log.readUInt32BE(8);
  let committed = 0;
  let isWhole = true;
  for (let frame = 1, at = WAL_HEADER; at + size <= log.length; frame++, at += size) {
    const isOfThisLog = log.compare(log, 16, 24, at + 8, at + 16) === 0;
    const isCommit = log.readUInt32BE(at + 4) !== 0;
    if (!isWhole) {
      if (isOfThisLog && isCommit) return true;
      continue;
    }
    if (isOfThisLog) {
      sum.add(log, at, at + 8);
      sum.add(log, at + FRAME_HEADER, at + size);
    }
    isWhole = isOfThisLog && sum.equals(log, at + 16);
    if (isWhole && isCommit) committed = frame;
  }
  return index !== undefined && log.compare(index.salt, 0, 8, 16, 24) === 0 && committed < index.frames;
}

/** The checksum of section 4.2 of the file format. */
class Checksum {
  readonly #little: boolean;
  #first = 0;
  #second = 0;

  constructor(little: boolean) {
    this.#little = little;
  }

  add(bytes: Buffer, from: number, to: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let [first, second] = [this.#first, this.#second];
    for (let at = from; at < to; at += 8) {
      first = (first + view.getUint32(at, this.#little) + second) >>> 0;
      second = (second + view.getUint32(at + 4, this.#little) + first) >>> 0;
    }
    [this.#first, this.#second] = [first, second];
  }

  equals(bytes: Buffer, at: number): boolean {
    return bytes.readUInt32BE(at) === this.#first && bytes.readUInt32BE(at + 4) === this.#second;
  }
}

interface LogIndex {
  /** The last committed frame. */
  readonly frames: number;
  /** Frames that were written back into the ledger. */
  readonly writtenBack: number;
  readonly salt: Buffer;
}

/** @returns the header of the log's index; undefined when it is missing or damaged */
function readIndex(path: string): LogIndex | undefined {
  const bytes = readOrNothing(path, 136);
  if (bytes.length < 136 || bytes[12] !== 1 || bytes.compare(bytes, 48, 96, 0, 48) !== 0) return undefined;
  const sum = new Checksum(true);
  sum.add(bytes, 0, 40);
  const copy = Buffer.alloc(8);
  copy.writeUInt32BE(bytes.readUInt32LE(40), 0);
  copy.writeUInt32BE(bytes.readUInt32LE(44), 4);
  if (!sum.equals(copy, 0)) return undefined;
  return {
    frames: bytes.readUInt32LE(16),
    writtenBack: bytes.readUInt32LE(96),
    salt: bytes.subarray(32, 40),
  };
}

function readOrNothing(path: string, most?: number): Buffer {
  try {
    return most === undefined ? readFileSync(path) : firstBytes(path, most);
  } catch {
    // No process has the ledger open, or nothing was written yet.
    return Buffer.alloc(0);
  }
}
