/**
 * Bills of payloads that are dated in the future: they were recorded while the clock was ahead. Until that time they would
 * be the newest of their session, and hide every later one.
 */
import type { Database } from "bun:sqlite";

/** Clocks of two processes differ by less. Milliseconds. */
const AHEAD_MS = 60_000;

/**
 * Date a session's bills from the future just before now. Of each run of the client the first and the last are kept: where
 * it began to count, and what it came to.
 * @param now Unix milliseconds
 */
export function redateFutureBills(db: Database, session: number, now: number): void {
  const rows = db
    .query("select run, total from bills where session = ? and run <> '' and at > ? order by at")
    .values(session, now + AHEAD_MS) as [string, number][];
  if (rows.length === 0) return;
  db.query("delete from bills where session = ? and run <> '' and at > ?").run(session, now + AHEAD_MS);
  const insert = db.query("insert or replace into bills (session, at, run, total) values (?, ?, ?, ?)");
  for (const run of new Set(rows.map(([name]) => name))) {
    const totals = rows.filter(([name]) => name === run).map(([, total]) => total);
    const [first, last] = [totals[0] as number, totals.at(-1) as number];
    if (first !== last) insert.run(session, now - 2, run, first);
    insert.run(session, now - 1, run, last);
  }
}
