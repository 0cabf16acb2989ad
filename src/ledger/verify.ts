/**
 * Checks a whole ledger: the structure of the file, each row against its digest, each table against its totals, indexes
 * against their tables, and rollups against messages; and rebuilds what can be derived.
 */
import type { Database } from "bun:sqlite";
import { COUNT_COLUMNS, kindOfColumn } from "./counts.ts";
import {
  countTotals,
  DIGESTED_NAMES,
  type DigestedName,
  digestColumns,
  digestOf,
  seal,
  totalsOf,
} from "./digest.ts";
import { damaged } from "./errors.ts";
import type { Row } from "./message-row.ts";
import { isSchemaWhole } from "./migrate.ts";
import { keyOf, type RollupSum, RollupSums, RollupWriter, type SummedRow } from "./rollups.ts";
import { ROLLUP } from "./sums.ts";
import { MESSAGE } from "./writer-statements.ts";

/** What can be rebuilt from the messages or the transcripts. */
export type Derived = "rollups" | "files" | "forks" | "totals";

/** What a table belongs to, if it can be rebuilt. */
const DERIVED: Partial<Record<DigestedName, Derived>> = {
  files: "files",
  forks: "forks",
  unresolved: "forks",
};

/**
 * Check the whole ledger. Takes about three seconds for a million messages.
 * @returns what is wrong and can be rebuilt
 * @throws an error with SQLite's code for damage when rows are lost or the file is not a whole database
 */
export function verifyWhole(db: Database): Set<Derived> {
  return db.transaction(() => {
    const verdict = String(db.query("pragma quick_check(1)").values()[0]?.[0]);
    if (verdict !== "ok") throw damaged(verdict);
    if (!isSchemaWhole(db)) throw damaged("the schema has changed");
    for (const name of [...DIGESTED_NAMES, "rollups", "meta", "totals"])
      if (name !== "messages") checkIndexes(db, name);
    const wrong = new Set<Derived>();
    const sums = new RollupSums();
    const found = checkMessages(db, sums);
    checkMessageIndex(db, "messages_by_hash", "hash", found.byHash);
    checkMessageIndex(db, "messages_by_time", "at", found.byTime);
    for (const name of DIGESTED_NAMES) {
      // Reads the index of rows without a digest, as nothing else does.
      db.query(`select count(*) from ${name} where digest is null`).values();
      const rows = name === "messages" ? found : checkRows(db, name);
      const totals = totalsOf(db, name);
      if (totals === undefined) wrong.add("totals");
      const isWrong =
        rows.wrong > 0 ||
        (totals !== undefined && (totals.rows !== rows.rows || totals.digest !== rows.digest));
      if (!isWrong) continue;
      const derived = DERIVED[name];
      if (derived === undefined)
        throw damaged(
          `${name}: ${rows.wrong} rows have changed; ${rows.rows} of ${totals?.rows ?? "?"} are there`,
        );
      wrong.add(derived);
    }
    checkReferences(db, sums);
    if (!agree(db, sums)) wrong.add("rollups");
    return wrong;
  })();
}

/** Check the whole ledger. @throws an error with SQLite's code for damage when something is wrong */
export function requireIntact(db: Database): void {
  const wrong = [...verifyWhole(db)];
  if (wrong.length > 0) throw damaged(`${wrong.join(" and ")} do not agree with the messages`);
}

/** For small tables: compares indexes, and the order of tables without rowids. */
function checkIndexes(db: Database, name: string): void {
  const verdict = String(db.query(`pragma integrity_check('${name}')`).values()[0]?.[0]);
  if (verdict !== "ok") throw damaged(verdict);
}

interface TableCheck {
  rows: number;
  digest: number;
  /** Rows with another digest. */
  wrong: number;
}

function checkRows(db: Database, name: DigestedName): TableCheck {
  const found: TableCheck = { rows: 0, digest: 0, wrong: 0 };
  const query = db.query(`select digest, ${digestColumns(name)} from ${name}`);
  for (const [digest, ...values] of query.values() as [number | null, ...unknown[]][]) {
    found.rows++;
    found.digest += digest ?? 0;
    if (digest !== null && digest !== digestOf(values)) found.wrong++;
  }
  return found;
}

/** How many rows are held in memory at a time. */
/** A number that changes when entries of an index are swapped or replaced. */
const mix = (value: number, seq: number): number => (value % 4294967296) * ((seq % 1021) + 1);

function checkMessages(db: Database, sums: RollupSums): TableCheck & { byHash: number; byTime: number } {
  const found = { rows: 0, digest: 0, wrong: 0, byHash: 0, byTime: 0 };
  const columns = digestColumns("messages");
  const query = db.query(`select ${columns}, digest from messages where seq > ? order by seq limit ${CHUNK}`);
  const index = Object.fromEntries(columns.map((column, at) => [column, at])) as Record<string, number>;
  const summed = SUMMED.map((column) => [kindOfColumn(column), index[column] as number] as const);
  for (let last = Number.MIN_SAFE_INTEGER; ; ) {
    const rows = query.values(last) as number[][];
    for (const row of rows) {
      const digest = row.pop() as number | null;
      if (digest !== null && digest !== digestOf(row)) throw damaged(`message ${row[0]} has changed`);
      found.rows++;
      found.digest += digest ?? 0;
      const seq = row[0] as number;
      found.byHash = (found.byHash + mix(row[index.hash as number] as number, seq)) % MODULUS;
      found.byTime = (found.byTime + mix(row[index.at as number] as number, seq)) % MODULUS;
      const message: Record<string, number> = {};
      for (const [column, at] of summed) message[column] = row[at] as number;
      sums.add(message as unknown as SummedRow);
    }
    if (rows.length < CHUNK) return found;
    last = rows.at(-1)?.[0] as number;
  }
}

const MODULUS = 2 ** 52;
const SUMMED = ["session", "model", "at", "flags", ...COUNT_COLUMNS, "cost"];

/** Entries that are missing, wrong or out of order would hide messages, and count them twice. */
function checkMessageIndex(db: Database, name: string, column: "hash" | "at", expected: number): void {
  const step = db.query(`select ${column}, seq from messages indexed by ${name} order by ${column}, seq`);
  let sum = 0;
  let [value, seq] = [Number.NEGATIVE_INFINITY, 0];
  for (const row of step.iterate() as Iterable<Record<string, number>>) {
    const next = row[column] as number;
    const nextSeq = row.seq as number;
    if (next < value || (next === value && nextSeq <= seq)) throw damaged(`${name} is out of order`);
    [value, seq] = [next, nextSeq];
    sum = (sum + mix(value, seq)) % MODULUS;
  }
  if (sum !== expected) throw damaged(`${name} differs from its table`);
}

/** The totals do not show a deleted row: what still refers to it does. */
function checkReferences(db: Database, sums: RollupSums): void {
  const idsOf = (name: "sessions" | "models") =>
    new Set(db.query(`select id from ${name}`).values().flat() as number[]);
  const sessions = idsOf("sessions");
  const models = idsOf("models");
  for (const { session, model } of sums.all.values()) {
    if (!sessions.has(session)) throw damaged(`messages refer to session ${session}, which is missing`);
    if (!models.has(model)) throw damaged(`messages refer to model ${model}, which is missing`);
  }
  for (const [session] of db.query("select distinct session from bills").values() as [number][])
    if (!sessions.has(session)) throw damaged(`bills refer to session ${session}, which is missing`);
}

function agree(db: Database, sums: RollupSums): boolean {
  let rows = 0;
  for (const row of db.query(`select ${ROLLUP} from rollups`).iterate() as Iterable<RollupSum>) {
    const sum = sums.all.get(keyOf(row));
    if (!sum || !isSame(sum, row)) return false;
    rows++;
  }
  return rows === sums.all.size;
}

/** Costs are added in any order: their last digits may differ. */
const isSame = ({ cost, ...sum }: RollupSum, { cost: kept, ...row }: RollupSum): boolean =>
  typeof kept === "number" &&
  Math.abs(cost - kept) <= 1e-9 * Math.max(1, Math.abs(cost)) &&
  (Object.keys(sum) as (keyof typeof sum)[]).every((key) => sum[key] === row[key]);

const CHUNK = 5_000;

/** Rebuild what `verifyWhole` found, in one transaction. @param record runs within it */
export function rebuild(db: Database, wrong: ReadonlySet<Derived>, record: () => void): void {
  db.transaction(() => {
    if (wrong.has("files")) dropChangedFiles(db);
    if (wrong.has("forks")) resetForks(db);
    if (wrong.has("rollups")) rebuildRollups(db);
    if (wrong.has("totals")) for (const name of DIGESTED_NAMES) countTotals(db, name);
    record();
  }).immediate();
}

/** A transcript without its row is read again from its start; messages that the ledger has count once. */
function dropChangedFiles(db: Database): void {
  const rows = db.query(`select digest, ${digestColumns("files")} from files`).values();
  for (const [digest, ...values] of rows as [number | null, ...unknown[]][])
    if (digest !== null && digest !== digestOf(values))
      db.query("delete from files where id = ?").run(values[0] as number);
  countTotals(db, "files");
}

function resetForks(db: Database): void {
  db.run("delete from forks");
  db.run(
    "insert or ignore into unresolved (session) select session from bills union select session from copies",
  );
  db.run("update unresolved set digest = null");
  seal(db);
  for (const name of ["forks", "unresolved"] as const) countTotals(db, name);
}

function rebuildRollups(db: Database): void {
  db.run("delete from rollups");
  const writer = new RollupWriter(db);
  const query = db.query(`select ${MESSAGE} from messages where seq > ? order by seq limit ${CHUNK}`);
  for (let last = 0; ; ) {
    const rows = query.all(last) as Row[];
    for (const row of rows) writer.add(row);
    last = rows.at(-1)?.seq ?? last;
    if (rows.length < CHUNK) break;
  }
  writer.flush();
}
