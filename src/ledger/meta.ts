/** What the ledger keeps about itself. A value that was damaged counts as absent. */
import type { Database } from "bun:sqlite";
import type { KeptRates } from "./prices.ts";

/** The rates that were in force when the ledger was last closed. */
export function keptRates(db: Database): KeptRates | undefined {
  const text = db.query("select value from meta where key = 'rates'").values()[0]?.[0];
  try {
    return typeof text === "string" ? (JSON.parse(text) as KeptRates) : undefined;
  } catch {
    // They are only kept to save time.
    return undefined;
  }
}

/** When the whole ledger was last checked. Unix milliseconds; 0 when never. */
export function lastCheck(db: Database): number {
  const at = db.query("select value from meta where key = 'checked_at'").values()[0]?.[0];
  return typeof at === "number" ? at : 0;
}

/** Keep rates, or the time of a check. */
export const keep = (db: Database, key: "rates" | "checked_at", value: string | number): void => {
  db.query("insert or replace into meta (key, value) values (?, ?)").run(key, value);
};
