/** Rows of a damaged ledger: reading its tables through SQLite as far as possible, and checking what was read. */

import type { Database } from "bun:sqlite";
import { COUNT_COLUMNS } from "./counts.ts";
import { DIGESTED, type DigestedName, digestColumns, digestOf } from "./digest.ts";
import { isDamage } from "./errors.ts";

/** A row, by column. */
export type Values = Record<string, unknown>;

/** Whether a row is as it was written: by its digest, or, for a row of an older version, by plausibility. */
export function isWhole(table: DigestedName, row: Values): boolean {
  const { digest } = row;
  if (digest === null || digest === undefined) return PLAUSIBLE[table]?.(row) ?? false;
  return digest === digestOf(digestColumns(table).map((column) => row[column]));
}

const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;
const isText = (value: unknown): boolean => typeof value === "string";
const isMoney = (value: unknown): boolean => Number.isFinite(value) && (value as number) >= 0;
/** Unix milliseconds that `Date` takes. */
const isTime = (value: unknown): boolean => isCount(value) && (value as number) <= 8.64e15;
const isNumber = (value: unknown): boolean => isCount(value) && (value as number) > 0;

const COUNTS = ["flags", ...COUNT_COLUMNS];

const PLAUSIBLE: Readonly<Partial<Record<DigestedName, (row: Values) => boolean>>> = {
  messages: (row) =>
    isNumber(row.seq) &&
    isText(row.id) &&
    row.hash === Bun.hash.xxHash32(row.id as string) &&
    isText(row.request) &&
    isNumber(row.session) &&
    isNumber(row.model) &&
    isTime(row.at) &&
    COUNTS.every((column) => isCount(row[column]) && (row[column] as number) < 1e12) &&
    (row.cost === null || isMoney(row.cost)),
  sessions: (row) => isNumber(row.id) && isText(row.name) && isText(row.project) && isCount(row.own),
  models: (row) => isNumber(row.id) && isText(row.name),
  files: (row) => isNumber(row.id) && isText(row.path),
  bills: (row) =>
    isNumber(row.session) &&
    isTime(row.at) &&
    isText(row.run) &&
    isMoney(row.total) &&
    (row.since === null || isTime(row.since)) &&
    (row.models === null || isJson(row.models)),
  copies: (row) => isNumber(row.message) && isNumber(row.session),
  repairs: (row) => isNumber(row.id) && isTime(row.at) && isText(row.kept) && isJson(row.report),
};

function isJson(text: unknown): boolean {
  try {
    return typeof JSON.parse(text as string) === "object";
  } catch {
    return false;
  }
}

const BATCH = 1_000;
/** With more unreadable rows the tree has lost its upper levels. */
const MOST_FAILURES = 20_000;

/**
 * Read a table in batches; a batch that cannot be read is halved, down to single rows.
 * @param take receives intact rows
 * @returns whether everything could be read
 */
export function salvage(db: Database, table: DigestedName, take: (rows: Values[]) => void): boolean {
  const [key] = DIGESTED[table].key;
  let complete = true;
  let failures = 0;
  const read = (from: number, to: number): void => {
    if (failures > MOST_FAILURES) return;
    let rows: Values[];
    try {
      rows = db
        .query(`select * from ${table} where ${key} >= ? and ${key} < ? order by ${key}`)
        .all(from, to) as Values[];
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      complete = false;
      failures++;
      if (to - from <= 1) return;
      const middle = from + Math.floor((to - from) / 2);
      read(from, middle);
      read(middle, to);
      return;
    }
    const whole = rows.filter((row) => isWhole(table, row));
    if (whole.length < rows.length) complete = false;
    if (whole.length > 0) take(whole);
  };
  const last = highest(db, table, key);
  for (let from = 0; from <= last; from += BATCH) read(from, Math.min(from + BATCH, last + 1));
  return complete;
}

/** Damage, or a table that is missing in the schema. */
export const isUnreadable = (error: unknown): boolean =>
  isDamage(error) ||
  (error as { code?: unknown } | null)?.code === "SQLITE_ERROR" ||
  error instanceof RangeError;

/** A row takes no less. Bytes. */
const SMALLEST_ROW = 16;

/** The highest possible key: from the table, else from the size of the file. */
function highest(db: Database, table: string, key: string): number {
  try {
    const max = db.query(`select max(${key}) from ${table}`).values()[0]?.[0];
    if (max === null) return 0;
    if (Number.isSafeInteger(max) && (max as number) < MOST_ROWS) return max as number;
  } catch (error) {
    if (!isUnreadable(error)) throw error;
  }
  try {
    // The end of the table is damaged. Keys are dense: there are no more of them than rows.
    const [pages] = db.query("pragma page_count").values()[0] as [number];
    const [bytes] = db.query("pragma page_size").values()[0] as [number];
    return Math.floor((pages * bytes) / SMALLEST_ROW);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return 0;
  }
}

/** A damaged key is any number. */
const MOST_ROWS = 1e9;
