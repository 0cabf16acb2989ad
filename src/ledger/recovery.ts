/**
 * What can be saved from a ledger that is damaged: every row that can still be read and is what was written goes into
 * another one. Rows are read through SQLite, and, where that does not reach all of them, from the pages themselves.
 *
 * Messages are added like any others, so that what the transcripts tell again is not counted twice.
 */
import { Database } from "bun:sqlite";
import { copyFileSync, existsSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { carve } from "./carve.ts";
import { Copier, copyRows } from "./copy-rows.ts";
import { totalsOf } from "./digest.ts";
import { hasLostCommits } from "./preflight.ts";
import { isUnreadable } from "./salvage.ts";

/** What was saved. */
export interface Recovered {
  readonly messages: number;
  readonly bills: number;
  /** Something could not be read, whether or not its number is known. */
  readonly lost: boolean;
  /** Rows that could not be read; undefined when it is not known how many there were. */
  readonly lostMessages?: number;
  readonly lostBills?: number;
  /** Hashes of the ids of messages that were lost, as far as an index has them: a transcript may bring them again. */
  readonly missing?: readonly number[];
}

/** More lost messages than these are not looked for again. */
const MOST_MISSING = 1_000;

/** How many rows there were. */
export interface Expected {
  readonly messages: number;
  readonly bills: number;
}

/**
 * Copy what can be read from the ledger at `path` into `db`. The file itself is only read.
 * @param expected how many rows there were, if the ledger itself cannot tell
 * @throws SQLite's or the system's error when the copy cannot be written
 */
export function recover(path: string, db: Database, expected?: Expected): Recovered {
  const work = `${path}.salvage-${process.pid}`;
  try {
    for (const suffix of ["", "-wal"])
      if (existsSync(path + suffix)) copyFileSync(path + suffix, work + suffix);
    complete(work);
    const copier = new Copier(db);
    const index: [hash: number, seq: number][] = [];
    let whole = false;
    let counted: Expected | undefined;
    try {
      using from = new Database(work, { readwrite: true, strict: true });
      counted = countedIn(from);
      whole = copyRows(from, copier);
      if (!whole || copier.messages < (counted?.messages ?? 0)) readIndex(from, copier, index);
    } catch (error) {
      // Not even its schema can be read.
      if (!isUnreadable(error)) throw error;
    }
    // Of commits that are lost with their log nobody knows what was in them.
    const there = hasLostCommits(path) ? undefined : (counted ?? expected);
    const isShort = () =>
      there !== undefined && (copier.messages < there.messages || copier.bills < there.bills);
    if (!whole || isShort()) {
      const log = existsSync(`${path}-wal`) ? readFileSync(`${path}-wal`) : Buffer.alloc(0);
      copier.addCarved(carve(readFileSync(path), log, db));
    }
    copier.finish();
    const { messages, bills } = copier;
    if (!there) return { messages, bills, lost: true };
    const lostMessages = Math.max(0, there.messages - messages);
    const lostBills = Math.max(0, there.bills - bills);
    const missing = index.flatMap(([hash, seq]) => (copier.hasCopied(seq) ? [] : [hash]));
    return {
      messages,
      bills,
      lost: lostMessages + lostBills > 0,
      lostMessages,
      lostBills,
      ...(lostMessages > 0 && missing.length <= MOST_MISSING && { missing }),
    };
  } finally {
    for (const suffix of ["", "-wal", "-shm"]) rmSync(work + suffix, { force: true });
  }
}

/** SQLite reads nothing of a file that is shorter than its header says: make up for what was cut off. */
function complete(path: string): void {
  const header = readFileSync(path).subarray(0, 100);
  if (header.length < 100) return;
  const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  const bytes = pageSize * header.readUInt32BE(28);
  if (bytes > statSync(path).size && bytes < 1e11) truncateSync(path, bytes);
}

/** Messages that an index has and their table has not. */
function readIndex(from: Database, copier: Copier, into: [hash: number, seq: number][]): void {
  try {
    const rows = from.query("select hash, seq from messages indexed by messages_by_hash").iterate();
    for (const { hash, seq } of rows as Iterable<{ hash: number; seq: number }>)
      if (!copier.hasCopied(seq) && into.length <= 10 * MOST_MISSING) into.push([hash, seq]);
  } catch (error) {
    // It is damaged as well: what was read of it is true.
    if (!isUnreadable(error)) throw error;
  }
}

function countedIn(db: Database): Expected | undefined {
  try {
    const [messages, bills] = [totalsOf(db, "messages"), totalsOf(db, "bills")];
    return messages && bills && { messages: messages.rows, bills: bills.rows };
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return undefined;
  }
}
