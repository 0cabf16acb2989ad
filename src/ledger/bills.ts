/**
 * Records the client's bills: what it reported as a session's cost, and when.
 *
 * A bill is the cost of the whole session so far. Each payload has one, and the transcript gets one when the session
 * ends. How they add up: bill-series.ts.
 */
import type { Database } from "bun:sqlite";
import type { BillLine } from "../claude/transcript.ts";
import { seal } from "./digest.ts";
import { SLOT_MS } from "./slots.ts";

/** A bill of a status line payload. */
export interface Bill {
  /** `cost.total_cost_usd`. */
  readonly totalUsd: number;
  /** Identifies the run of the client: its process and when that started. */
  readonly run?: string;
}

/**
 * Record the bill of a payload. Only the newest of each run in a quarter of an hour is kept.
 *
 * A repeated total is kept as a second row that moves with time: the first row is when the money was spent, the second
 * is up to when all messages are included.
 * @param at Unix milliseconds
 */
export function recordPayloadBill(db: Database, sessionId: string, bill: Bill, at: number): void {
  db.transaction(() => {
    db.query("insert into sessions (name, project, own) values (?, '', 0) on conflict do nothing").run(
      sessionId,
    );
    const [id] = db.query("select id from sessions where name = ?").values(sessionId)[0] as [number];
    addPayloadBill(db, id, bill, at);
    seal(db);
  }).immediate();
}

function addPayloadBill(db: Database, session: number, bill: Bill, at: number): void {
  const quarter = Math.floor(at / SLOT_MS) * SLOT_MS;
  const run = bill.run ?? "payload";
  // A first bill above zero may belong to another session (forks.ts).
  if (bill.totalUsd > 0) markFirst(db, session);
  redateFutureBills(db, session, at);
  const [newest, before] = db
    .query("select at, total from bills where session = ? and run = ? order by at desc limit 2")
    .values(session, run) as [number, number][];
  if (newest && newest[0] >= at) return;
  if (newest?.[1] === bill.totalUsd && before?.[1] === bill.totalUsd) {
    const move = db.query("update bills set at = ? where session = ? and run = ? and at = ?");
    move.run(at, session, run, newest[0]);
    return;
  }
  // The first bill of a run is where it began: keep it.
  if (newest?.[1] !== bill.totalUsd)
    db.query(
      `delete from bills where session = ?1 and run = ?2 and at >= ?3 and at <= ?4
         and at > (select min(at) from bills where session = ?1 and run = ?2)`,
    ).run(session, run, quarter, at);
  db.query("insert or replace into bills (session, at, run, total) values (?, ?, ?, ?)").run(
    session,
    at,
    run,
    bill.totalUsd,
  );
}

const markFirst = (db: Database, session: number): void => {
  db.query(
    "insert or ignore into unresolved (session) select ?1 where not exists (select 1 from bills where session = ?1)",
  ).run(session);
};

/**
 * Record a bill of the transcript.
 * @param after when the line before it was written; the same for two clients that end together
 */
export function recordBillLine(db: Database, session: number, bill: BillLine, after: number): void {
  const others = new Map(
    db
      .query("select at, total from bills where session = ? and run = '' and at >= ?")
      .values(session, after) as [number, number][],
  );
  let at = after;
  while ((others.get(at) ?? bill.totalUsd) !== bill.totalUsd) at++;
  db.query(
    "insert or replace into bills (session, at, run, total, since, models) values (?, ?, '', ?, ?, ?)",
  ).run(session, at, bill.totalUsd, bill.since ?? null, JSON.stringify(bill.models));
  db.query("insert or ignore into unresolved (session) values (?)").run(session);
}

/** Clocks of two processes differ by less. ms. */
const AHEAD_MS = 60_000;

/**
 * Move a session's payload bills from the future to just before now: they were recorded while the clock was ahead, and
 * would hide later ones. The first and the last bill of each run are kept.
 */
function redateFutureBills(db: Database, session: number, now: number): void {
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
