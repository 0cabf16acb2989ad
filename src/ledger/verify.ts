import type { Database } from "bun:sqlite";

/** Look for damage in the whole file. @throws an error of SQLite's when there is some */
export function verifyWhole(db: Database): void {
  const verdict = String(db.query("pragma quick_check(1)").values()[0]?.[0]);
  if (verdict !== "ok") throw Object.assign(new Error(verdict), { code: "SQLITE_CORRUPT" });
}
