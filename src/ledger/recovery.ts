/**
 * What can be saved from a ledger that is damaged: every row that SQLite can still read goes into the new one.
 *
 * Messages are added like any others, so that what the transcripts tell again is not counted twice.
 */
import { Database } from "bun:sqlite";
import { copyFileSync, existsSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import type { UsageLine } from "../claude/transcript.ts";
import { mergeCopies } from "./copies.ts";
import { isDamage } from "./errors.ts";
import { FLAG } from "./schema.ts";
import { MessageWriter } from "./writer.ts";

/** What was saved. */
export interface Recovered {
  readonly messages: number;
  readonly bills: number;
  /** Rows that could not be read, as far as their number is known. */
  readonly lost: boolean;
}

const BATCH = 1_000;

/** Copy what can be read from the ledger at `path` into `db`. The file itself is only read. */
export function recover(path: string, db: Database): Recovered {
  const work = `${path}.salvage-${process.pid}`;
  try {
    for (const suffix of ["", "-wal"])
      if (existsSync(path + suffix)) copyFileSync(path + suffix, work + suffix);
    complete(work);
    using from = new Database(work, { readwrite: true, strict: true });
    return copy(from, db);
  } catch (error) {
    if (!isDamage(error)) throw error;
    // Not even its header can be read: the caller says where it is kept.
    return { messages: 0, bills: 0, lost: true };
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

/** Merge every message and bill of one open ledger into another. */
export function copy(from: Database, db: Database): Recovered {
  const sessions = new Map<unknown, SessionRow>();
  const models = new Map<unknown, string>();
  const paths = new Map<unknown, string>();
  const session = (id: unknown): SessionRow =>
    sessions.get(id) ?? { name: `recovered-${id}`, project: "unknown", own: 0 };
  /** Whose session or model is lost with its name, though its transcript will tell both again. */
  const comesAgain = (row: Values) =>
    !(sessions.has(row.session) && models.has(row.model)) && existsSync(paths.get(row.file) ?? "");
  const writer = new MessageWriter(db);
  let messages = 0;
  let lost = salvage(from, "sessions", "id", (rows) => {
    for (const row of rows) sessions.set(row.id, row as unknown as SessionRow);
  });
  const lostModels = salvage(from, "models", "id", (rows) => {
    for (const row of rows) models.set(row.id, String(row.name));
  });
  // Whether the paths are all there does not matter: the transcripts are read again anyway.
  salvage(from, "files", "id", (rows) => {
    for (const row of rows) paths.set(row.id, String(row.path));
  });
  const lostMessages = salvage(from, "messages", "seq", (all) => {
    const rows = all.filter((row) => !comesAgain(row));
    messages += rows.length;
    writer.transaction(Number.POSITIVE_INFINITY, () => {
      for (const row of rows) {
        const { name, project, own } = session(row.session);
        writer.add(toLine(row, name, models.get(row.model) ?? `recovered-${row.model}`), "", {
          // The row of a session knows its project for sure only if it was its own file's.
          session: own ? name : "",
          project,
          file: 0,
          bornMs: Number.POSITIVE_INFINITY,
        });
      }
    });
  });
  lost ||= lostModels || lostMessages;
  const bills = salvageBills(from);
  // A bill of nobody knows whom would be counted beside the one that its session brings again.
  const owned = bills.rows.filter((row) => sessions.has(row.session));
  writer.transaction(0, () => {
    for (const row of owned) {
      const { name, project } = session(row.session);
      db.query(
        "insert or ignore into bills (session, at, run, total, since, models) values (?, ?, ?, ?, ?, ?)",
      ).run(
        writer.session(name, project, false),
        row.at as number,
        row.run as string,
        row.total as number,
        row.since as number | null,
        row.models as string | null,
      );
    }
  });
  const lostCopies = salvageCopies(from, db, (id) => {
    const { name, project } = session(id);
    return writer.session(name, project, false);
  });
  // Which sessions are forks is worked out again.
  db.run("insert or ignore into unresolved select distinct session from bills");
  return { messages, bills: owned.length, lost: lost || bills.lost || lostCopies };
}

interface SessionRow {
  name: string;
  project: string;
  own: number;
}

type Values = Record<string, unknown>;

/**
 * Read a table piece by piece: where a piece is damaged its halves are tried, down to single rows.
 * @returns whether something could not be read
 */
function salvage(db: Database, table: string, key: string, take: (rows: Values[]) => void): boolean {
  const query = db.query(`select * from ${table} where ${key} >= ? and ${key} < ? order by ${key}`);
  const last = highest(db, table, key);
  let lost = last.guessed;
  const read = (from: number, to: number): void => {
    let rows: Values[];
    try {
      rows = query.all(from, to) as Values[];
    } catch (error) {
      if (!isDamage(error)) throw error;
      // Damaged somewhere in here: what is whole beside it is still wanted.
      lost = true;
      if (to - from <= 1) return;
      const middle = from + Math.floor((to - from) / 2);
      read(from, middle);
      read(middle, to);
      return;
    }
    if (rows.length > 0) take(rows);
  };
  for (let from = 0; from <= last.key; from += BATCH) read(from, Math.min(from + BATCH, last.key + 1));
  return lost;
}

/** A row takes no less. Bytes. */
const SMALLEST_ROW = 16;

/** The highest key there may be: as the table says, or else as many as there is room for. */
function highest(db: Database, table: string, key: string): { key: number; guessed: boolean } {
  try {
    const max = db.query(`select max(${key}) from ${table}`).values()[0]?.[0] as number | null;
    return { key: max ?? 0, guessed: false };
  } catch (error) {
    if (!isDamage(error)) throw error;
    // The table's end is damaged. Keys are dense, so that there are no more than rows.
    const [pages] = db.query("pragma page_count").values()[0] as [number];
    const [bytes] = db.query("pragma page_size").values()[0] as [number];
    return { key: Math.floor((pages * bytes) / SMALLEST_ROW), guessed: true };
  }
}

function salvageBills(db: Database): { rows: Values[]; lost: boolean } {
  try {
    return { rows: db.query("select * from bills").all() as Values[], lost: false };
  } catch (error) {
    if (!isDamage(error)) throw error;
    // The bills of ended sessions come again from their transcripts.
    return { rows: [], lost: true };
  }
}

/** @returns whether rows of `copies` could not be read */
function salvageCopies(from: Database, db: Database, sessionOf: (session: number) => number): boolean {
  try {
    // An older ledger has no such table.
    if (from.query("select 1 from sqlite_schema where name = 'copies'").values().length === 0) return false;
    db.transaction(() => mergeCopies(from, db, sessionOf)).immediate();
    return false;
  } catch (error) {
    if (!isDamage(error)) throw error;
    // The transcripts that are left tell them again.
    return true;
  }
}

/** Requests that give the row the same flags again, whatever limit the model has. */
function requestsOf(flags: number): UsageLine["requests"] {
  const most = (flags & FLAG.long) === 0 ? 0 : Number.POSITIVE_INFINITY;
  return { least: (flags & FLAG.partlyLong) === 0 ? most : 0, most };
}

function toLine(row: Values, sessionId: string, model: string): UsageLine {
  const flags = row.flags as number;
  return {
    id: row.id as string,
    requestId: (row.request as string) || undefined,
    uuid: undefined,
    sessionId,
    model,
    at: row.at as number,
    sidechain: (flags & FLAG.sidechain) !== 0,
    speed: (flags & FLAG.hasSpeed) === 0 ? undefined : (flags & FLAG.fast) === 0 ? "standard" : "fast",
    geo: (flags & FLAG.us) === 0 ? undefined : "us",
    final: (flags & FLAG.final) !== 0,
    requests: requestsOf(flags),
    input: row.input as number,
    output: row.output as number,
    cacheRead: row.read as number,
    cacheWrite5m: row.write5m as number,
    cacheWrite1h: row.write1h as number,
    webSearches: row.searches as number,
    costUsd: (row.cost as number | null) ?? undefined,
  };
}
