/**
 * Digests of rows: a hash of all columns, kept in the row; and for each table the number of rows and the sum of digests.
 * SQLite checks the structure of its file, not the content of cells: a changed number, a missing row, or an old page in
 * place of a newer one only shows here.
 *
 * `DIGESTED` is the only list of what is covered. A table added to it needs a `digest integer` column; triggers and totals
 * follow. A new column needs a new schema step: all digests are then computed again.
 */
import type { Database } from "bun:sqlite";
import { COUNT_COLUMNS } from "./counts.ts";

interface DigestedTable {
  /** The primary key. */
  readonly key: readonly string[];
  /** All other columns but `digest`. */
  readonly columns: readonly string[];
}

/** The tables with digests. Rollups have none: they are compared with the messages. */
export const DIGESTED = {
  messages: {
    key: ["seq"],
    columns: ["hash", "id", "request", "session", "model", "file", "at", "flags", ...COUNT_COLUMNS, "cost"],
  },
  sessions: { key: ["id"], columns: ["name", "project", "own"] },
  models: { key: ["id"], columns: ["name"] },
  files: {
    key: ["id"],
    columns: ["path", "device", "inode", "size", "modified", "born", "offset", "searched", "head", "tail"],
  },
  bills: { key: ["session", "at", "run"], columns: ["total", "since", "models"] },
  copies: { key: ["message", "session"], columns: [] },
  forks: { key: ["session"], columns: ["parent", "since", "usd", "models", "certain"] },
  unresolved: { key: ["session"], columns: [] },
  repairs: { key: ["id"], columns: ["at", "kept", "report", "acknowledged"] },
} as const satisfies Record<string, DigestedTable>;

export type DigestedName = keyof typeof DIGESTED;
export const DIGESTED_NAMES = Object.keys(DIGESTED) as DigestedName[];

/** The writer of messages keeps their digests and totals without triggers, for speed. */
const BY_TRIGGER = DIGESTED_NAMES.filter((name) => name !== "messages");

/** The columns of a digest, in order. */
export const digestColumns = (name: DigestedName): string[] => [
  ...DIGESTED[name].key,
  ...DIGESTED[name].columns,
];

/** @param values of `digestColumns`, in that order @returns 28 bits, so that the sum of 30 million is exact */
export const digestOf = (values: readonly unknown[]): number => Bun.hash.xxHash32(values.join("\x1f")) >>> 4;

/** Text as SQLite returns it: without lone surrogates. */
export const storable = (text: string): string => (text.isWellFormed() ? text : text.toWellFormed());

const SEAL = (rows: string, digest: string) => `((${rows}) * 2654435761 + (${digest})) % 4294967291`;

/** SQL that adds to a table's totals. */
const grow = (name: DigestedName, rows: string, digest: string): string =>
  `update totals set rows = rows + (${rows}), digest = digest + (${digest}),
     seal = ${SEAL(`rows + (${rows})`, `digest + (${digest})`)} where name = '${name}'`;

/** Adds to the totals of messages. Parameters: rows, digests. */
export const GROW_MESSAGES = grow("messages", "?1", "?2");

/** Compute all digests and totals, within the transaction that changes the schema. */
export function digestAll(db: Database): void {
  for (const name of BY_TRIGGER) {
    for (const event of ["insert", "update", "reset", "delete"])
      db.run(`drop trigger if exists ${name}_${event}`);
    db.run(
      `create index if not exists ${name}_undigested on ${name} (${DIGESTED[name].key[0]}) where digest is null`,
    );
  }
  db.run("create index if not exists messages_undigested on messages (seq) where digest is null");
  db.run("drop trigger if exists messages_reset");
  db.run("drop trigger if exists messages_delete");
  for (const name of DIGESTED_NAMES) {
    digestRows(db, name, "true");
    countTotals(db, name);
  }
  for (const name of BY_TRIGGER) createTriggers(db, name);
  db.run(`create trigger messages_delete after delete on messages
    begin ${grow("messages", "-1", "-coalesce(old.digest, 0)")}; end`);
  db.run(`create trigger messages_reset after update on messages when new.digest is old.digest and old.digest is not null
    begin
      update messages set digest = null where seq = new.seq;
      ${grow("messages", "0", "-old.digest")};
    end`);
}

/** With `pragma recursive_triggers`, so that `insert or replace` counts the row that it replaces. */
function createTriggers(db: Database, name: DigestedName): void {
  const row = DIGESTED[name].key.map((key) => `${key} = new.${key}`).join(" and ");
  db.run(`create trigger ${name}_insert after insert on ${name}
    begin ${grow(name, "1", "coalesce(new.digest, 0)")}; end`);
  db.run(`create trigger ${name}_delete after delete on ${name}
    begin ${grow(name, "-1", "-coalesce(old.digest, 0)")}; end`);
  db.run(`create trigger ${name}_update after update on ${name} when new.digest is not old.digest
    begin ${grow(name, "0", "coalesce(new.digest, 0) - coalesce(old.digest, 0)")}; end`);
  // A writer without digests leaves an invalid one.
  db.run(`create trigger ${name}_reset after update on ${name} when new.digest is old.digest and old.digest is not null
    begin update ${name} set digest = null where ${row}; end`);
}

/** Count a table's rows again, and sum up their digests. */
export function countTotals(db: Database, name: DigestedName): void {
  db.run(`insert or replace into totals (name, rows, digest, seal)
    select '${name}', n, s, ${SEAL("n", "s")} from (select count(*) as n, coalesce(sum(digest), 0) as s from ${name})`);
}

/** Add missing digests, at the end of the transaction that wrote the rows. */
export function seal(db: Database): void {
  for (const name of DIGESTED_NAMES) {
    const grown = digestRows(db, name, "digest is null");
    if (grown > 0 && name === "messages") db.query(GROW_MESSAGES).run(0, grown);
  }
}

/** How many rows are held in memory at a time. */
const CHUNK = 5_000;

/** @returns the sum of the new digests */
function digestRows(db: Database, name: DigestedName, where: "true" | "digest is null"): number {
  const columns = digestColumns(name);
  const { key } = DIGESTED[name];
  const update = db.query(
    `update ${name} set digest = ? where ${key.map((column) => `${column} = ?`).join(" and ")}`,
  );
  let sum = 0;
  const take = (rows: unknown[][]): void => {
    for (const row of rows) {
      const digest = digestOf(row);
      update.run(digest, ...(row.slice(0, key.length) as (string | number)[]));
      sum += digest;
    }
  };
  if (where === "digest is null" || key.length > 1) {
    const query = db.query(`select ${columns} from ${name} where ${where}`);
    take(query.values());
    return sum;
  }
  const query = db.query(
    `select ${columns} from ${name} where ${key[0]} > ? order by ${key[0]} limit ${CHUNK}`,
  );
  for (let last = Number.MIN_SAFE_INTEGER; ; ) {
    const rows = query.values(last);
    take(rows);
    if (rows.length < CHUNK) return sum;
    last = rows.at(-1)?.[0] as number;
  }
}

export interface TableTotals {
  readonly rows: number;
  readonly digest: number;
}

/** @returns undefined when they are missing or do not match their seal */
export function totalsOf(db: Database, name: DigestedName): TableTotals | undefined {
  const [row] = db
    .query(
      `select rows, digest, seal = ${SEAL("rows", "digest")} and typeof(rows) = 'integer' from totals where name = ?`,
    )
    .values(name) as [number, number, number][];
  return row?.[2] === 1 ? { rows: row[0], digest: row[1] } : undefined;
}
