/** Values about the ledger itself. A damaged one counts as missing. */
import type { Database } from "bun:sqlite";
import type { KeptRates } from "./prices.ts";

/** Cached rates. Without a valid hash they are looked up again. */
export function keptRates(db: Database): KeptRates | undefined {
  const value = db.query("select value from meta where key = 'rates'").values()[0]?.[0];
  if (typeof value !== "string") return undefined;
  const end = value.indexOf(" ");
  const text = value.slice(end + 1);
  if (end < 0 || value.slice(0, end) !== hashOf(text)) return undefined;
  return JSON.parse(text) as KeptRates;
}

/** Cache rates for later runs, preceded by a hash. */
export function keepRates(db: Database, rates: KeptRates): void {
  const text = JSON.stringify(rates);
  keep(db, "rates", `${hashOf(text)} ${text}`);
}

const hashOf = (text: string): string => Bun.hash.xxHash64(text).toString(16);

/** When the whole ledger was last checked. Unix milliseconds; 0 when never. */
export function lastCheck(db: Database): number {
  const at = db.query("select value from meta where key = 'checked_at'").values()[0]?.[0];
  return typeof at === "number" ? at : 0;
}

export const keepCheck = (db: Database, at: number): void => keep(db, "checked_at", at);

const keep = (db: Database, key: "rates" | "checked_at", value: string | number): void => {
  db.query("insert or replace into meta (key, value) values (?, ?)").run(key, value);
};
