/** Reading the tables of a damaged ledger through SQLite, as far as their trees go. */
import type { Database } from "bun:sqlite";
import { DIGESTED, type DigestedName } from "./digest.ts";
import { isDamage } from "./errors.ts";
import { isWhole, type Values } from "./salvaged-row.ts";

const BATCH = 1_000;
/** Single rows that cannot be read; a tree with more of them has lost its upper levels. */
const MOST_FAILURES = 20_000;

/**
 * Read a table piece by piece: where a piece is damaged its halves are read, down to single rows. A row that is not what
 * was written costs that row only.
 * @param take rows that are whole
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

/** Damage, or a schema that has lost the table. */
export const isUnreadable = (error: unknown): boolean =>
  isDamage(error) ||
  (error as { code?: unknown } | null)?.code === "SQLITE_ERROR" ||
  error instanceof RangeError;

/** A row takes no less. Bytes. */
const SMALLEST_ROW = 16;

/** The highest key there may be: as the table says, or else as many as there is room for. */
function highest(db: Database, table: string, key: string): number {
  try {
    const max = db.query(`select max(${key}) from ${table}`).values()[0]?.[0];
    if (max === null) return 0;
    if (Number.isSafeInteger(max) && (max as number) < MOST_ROWS) return max as number;
  } catch (error) {
    if (!isUnreadable(error)) throw error;
  }
  try {
    // The table's end is damaged. Keys are dense, so that there are no more than rows.
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
