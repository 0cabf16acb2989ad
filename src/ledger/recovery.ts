/**
 * Copies every readable row with a valid digest from a damaged ledger to a new one: through SQLite, and, where that does
 * not reach all rows, from the pages.
 *
 * Messages are added like those of transcripts, so that reading the transcripts again does not count them twice.
 */
import { Database } from "bun:sqlite";
import { copyFileSync, existsSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { carve } from "./carve.ts";
import { Copier, copyMessages, copyNames } from "./copy-rows.ts";
import { totalsOf } from "./digest.ts";
import { hasLostCommits } from "./preflight.ts";
import { isUnreadable } from "./salvage.ts";

export interface Recovered {
  readonly messages: number;
  readonly bills: number;
  /** Messages with a lost session or model. */
  readonly nameless?: number;
  /** Something could not be read. */
  readonly lost: boolean;
  /** Rows that could not be read; undefined when unknown. */
  readonly lostMessages?: number;
  readonly lostBills?: number;
  /** Hashes of the ids of lost messages, if an index has them: transcripts may still have the messages. */
  readonly missing?: readonly number[];
}

/** With more lost messages than this, their hashes are not kept. */
const MOST_MISSING = 1_000;

/** How many rows there were. */
export interface Expected {
  readonly messages: number;
  readonly bills: number;
  readonly sessions?: number;
  readonly models?: number;
}

/**
 * Copy what can be read from the ledger at `path` into `db`; the file is not changed.
 * @param expected how many rows there were, if the ledger does not have its totals
 * @throws SQLite's or the system's error when the copy cannot be written
 */
export function recover(path: string, db: Database, expected?: Expected): Recovered {
  const work = `${path}.salvage-${process.pid}`;
  try {
    for (const suffix of ["", "-wal"])
      if (existsSync(path + suffix)) copyFileSync(path + suffix, work + suffix);
    complete(work);
    const copier = new Copier(db);
    // What lost commits contained is unknown.
    const hasLost = hasLostCommits(path);
    using from = openCopy(work);
    const counted = from && countedIn(from);
    const pages = () => carve(readFileSync(path), readLog(path), db);
    if (
      !attempt(from, (source) => copyNames(source, copier)) ||
      hasLost ||
      !counted ||
      isShort(copier, counted)
    )
      copier.addCarved(pages(), "names");
    const whole = attempt(from, (source) => copyMessages(source, copier));
    const there = counted ?? expected;
    if (!whole || hasLost || !there || copier.messages < there.messages)
      copier.addCarved(pages(), "messages");
    copier.finish();
    const missing = from && copier.messages < (there?.messages ?? 0) ? missingIn(from, copier) : [];
    return resultOf(copier, hasLost ? undefined : there, missing);
  } finally {
    for (const suffix of ["", "-wal", "-shm"]) rmSync(work + suffix, { force: true });
  }
}

/** SQLite refuses a file that is shorter than stated in its header: extend it. */
function complete(path: string): void {
  const header = readFileSync(path).subarray(0, 100);
  if (header.length < 100) return;
  const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  const bytes = pageSize * header.readUInt32BE(28);
  if (bytes > statSync(path).size && bytes < 1e11) truncateSync(path, bytes);
}

function resultOf(copier: Copier, there: Expected | undefined, missing: readonly number[]): Recovered {
  const { messages, bills, nameless } = copier;
  const saved = { messages, bills, ...(nameless > 0 && { nameless }) };
  if (!there) return { ...saved, lost: true };
  const lostMessages = Math.max(0, there.messages - messages);
  const lostBills = Math.max(0, there.bills - bills);
  return {
    ...saved,
    lost: lostMessages + lostBills + nameless > 0,
    lostMessages,
    lostBills,
    ...(lostMessages > 0 && missing.length <= MOST_MISSING && { missing }),
  };
}

/** @returns undefined when the schema cannot be read */
function openCopy(path: string): Database | undefined {
  const db = new Database(path, { readwrite: true, strict: true });
  try {
    db.query("select count(*) from sqlite_master").values();
    return db;
  } catch (error) {
    db.close();
    if (!isUnreadable(error)) throw error;
    return undefined;
  }
}

/** @returns whether everything could be read */
function attempt(from: Database | undefined, body: (from: Database) => boolean): boolean {
  try {
    return from !== undefined && body(from);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return false;
  }
}

const readLog = (path: string): Buffer =>
  existsSync(`${path}-wal`) ? readFileSync(`${path}-wal`) : Buffer.alloc(0);

const isShort = (copier: Copier, { sessions = 0, models = 0, bills }: Expected): boolean =>
  copier.sessions < sessions || copier.models < models || copier.bills < bills;

/** Hashes of the ids of messages that are in an index and not in the table. */
function missingIn(from: Database, copier: Copier): number[] {
  const hashes: number[] = [];
  try {
    const rows = from.query("select hash, seq from messages indexed by messages_by_hash").iterate();
    for (const { hash, seq } of rows as Iterable<{ hash: number; seq: number }>)
      if (!copier.hasCopied(seq) && hashes.push(hash) > MOST_MISSING) break;
  } catch (error) {
    // The index is damaged too: what was read of it is valid.
    if (!isUnreadable(error)) throw error;
  }
  return hashes;
}

function countedIn(db: Database): Expected | undefined {
  try {
    const rows = Object.fromEntries(
      (["messages", "bills", "sessions", "models"] as const).map((name) => [name, totalsOf(db, name)?.rows]),
    );
    const { messages, bills } = rows;
    if (messages === undefined || bills === undefined) return undefined;
    return { ...(rows as unknown as Expected) };
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return undefined;
  }
}
