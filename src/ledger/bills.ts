/**
 * The client's own bills: what it said a session had cost, and when.
 *
 * A bill is the whole session's cost so far. It comes with every payload, and once more in the transcript when the
 * session ends. It survives a resume, but not a kill: a client that resumes a killed session goes on from the last bill
 * that the transcript has, and what was spent since is missing from every later one. So bills are read by run of the
 * client, and a run that begins lower than another one ended adds what it spends, not what it says.
 */
import type { Database } from "bun:sqlite";
import { addTokens, NO_TOKENS, type TokenCounts, USAGE_KINDS } from "../claude/token-counts.ts";
import type { BillLine, ModelBill } from "../claude/transcript.ts";
import { besides, equalTo, isSaved, saysLess, speakerOf } from "./bill-runs.ts";
import { branchesOf, joinBranches, type SavedBill } from "./branches.ts";
import { ImplausibleError } from "./errors.ts";
import { redateFutureBills } from "./future-bills.ts";
import { SLOT_MS } from "./slots.ts";

/** A bill as the status line's payload has it. */
export interface Bill {
  /** `cost.total_cost_usd`. */
  readonly totalUsd: number;
  /** Which run of the client said so, in any form that differs between runs: its process and when that started. */
  readonly run?: string;
}

/** One bill of one session. */
export interface BillPoint {
  /** Unix milliseconds. */
  readonly at: number;
  /** Empty when it is not known: the transcript does not say. */
  readonly run: string;
  readonly totalUsd: number;
  /** When the client began to count, if it is known. Unix milliseconds. */
  readonly since: number | null;
  /** What each model cost, on a bill of a transcript. */
  readonly models?: Readonly<Record<string, ModelBill>>;
}

/**
 * Keep a bill that a payload brought. Of each quarter of an hour and run only the newest one is kept.
 *
 * One that says again what the newest said is kept beside it, and moves with time: the first tells when the money was
 * spent, the other that all messages up to then are in it.
 */
export function recordPayloadBill(db: Database, session: number, bill: Bill, at: number): void {
  const quarter = Math.floor(at / SLOT_MS) * SLOT_MS;
  const run = bill.run ?? "payload";
  // A first bill above zero may be that of another session (forks.ts).
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
  // The first bill of a run says where it began: it stays.
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
 * Keep a bill that the transcript has.
 * @param after when the line before it was written: two clients that end together can have the same one
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

/** What a session's bills come to. */
export interface Account {
  /** In order of time, never falling; `totalUsd` is cumulative over all runs of the client. */
  readonly points: readonly { readonly at: number; readonly totalUsd: number }[];
  /** From when on the bills count: messages before that were billed by runs that left no bill. Unix milliseconds. */
  readonly since: number;
}

/**
 * What a session had cost at each of its bills, with what was lost between runs.
 * @param points in any order
 * @param inheritedUsd the part of the first run's bills that another session has spent (forks.ts)
 */
export function accumulate(points: readonly BillPoint[], inheritedUsd = 0): Account {
  const runs = new Map<string, { firstAt: number; last: number; since: number }>();
  let current = "";
  /** What the client that said something most recently thinks that the session has cost. */
  let client = inheritedUsd;
  let totalUsd = 0;
  /** What the transcript said at times: a client that resumes a session reads its bill there. */
  const saved: number[] = [];
  const sorted = points.toSorted((a, b) => a.at - b.at || a.totalUsd - b.totalUsd);
  const branches = branchesOf(sorted.filter(isSaved));
  const speakers = new Map<BillPoint, string>();
  const cumulative = sorted.map((point) => {
    const { at, run: name, totalUsd: said, since } = point;
    const branch = branches.get(point as BillPoint & SavedBill);
    const fromUsd = branch && Math.min(said, branch.from?.totalUsd ?? inheritedUsd);
    const speaker =
      name ||
      equalTo(runs, current, point) ||
      (branch && besides(runs, speakers.get(branch.beside), fromUsd as number, said)) ||
      (branch && `branch ${at}`) ||
      speakerOf(since, runs.get(current)?.firstAt) ||
      (saysLess(sorted, current, point) && besides(runs, current, 0, said)) ||
      current;
    speakers.set(point, speaker);
    let run = runs.get(speaker);
    if (!run) {
      // A run that begins with nothing has forgotten what was before; a transcript's bill counts from its own start.
      let began = since ?? (said === 0 ? at : Number.NEGATIVE_INFINITY);
      let last = name === "" ? (runs.size === 0 ? Math.min(said, inheritedUsd) : 0) : Math.min(said, client);
      if (last < client && name !== "") {
        // It has forgotten the run that was killed. It may have spent before it was first heard: it went on from what
        // the transcript said, as an earlier run did, or from nothing.
        last = Math.max(0, ...saved.filter((usd) => usd <= said));
        if (said > 0) began = Number.POSITIVE_INFINITY;
      }
      if (fromUsd !== undefined) last = fromUsd;
      run = { firstAt: at, last, since: began };
      // What a fork inherited is in no bill of its own transcript.
      if (runs.size > 0 || inheritedUsd === 0) saved.push(last);
      runs.set(speaker, run);
    } else if (since !== null) run.since = since;
    if (name === "") saved.push(said);
    if (said >= run.last) {
      totalUsd += said - run.last;
      run.last = said;
      client = said;
      current = speaker;
    }
    return { at, totalUsd };
  });
  return { points: cumulative, since: Math.min(...[...runs.values()].map((run) => run.since)) };
}

/** The tokens of all models on a bill. */
export function billedTokens(models: Readonly<Record<string, ModelBill>>): TokenCounts {
  const sum = { ...NO_TOKENS };
  for (const model of Object.values(models)) addTokens(sum, model);
  return sum;
}

/** The newest bill of a session that tells what each model cost, together with those of clients beside it. */
export interface ModelBills {
  readonly session: number;
  readonly at: number;
  readonly since: number | null;
  readonly models: Readonly<Record<string, ModelBill>>;
}

/** For each session, or for one, its newest bill by model. */
export function newestModelBills(db: Database, only?: number): ModelBills[] {
  const rows = db
    .query(
      `select session, at, total, since, models, (
         select models from forks where forks.session = bills.session and forks.since = bills.since)
       from bills
       where models is not null and models <> '{}' and (?1 is null or session = ?1) order by session, at, total`,
    )
    .values(only ?? null) as [number, number, number, number | null, string, string | null][];
  return [...Map.groupBy(rows, ([session]) => session)].map(([session, bills]) => {
    const [, at, , since, , inherited] = bills.at(-1) as (typeof bills)[number];
    const saved = bills
      .filter((bill) => bill[3] === since)
      .map(([, , totalUsd, , models]) => ({ totalUsd, since, models: parseModelBills(models) }));
    return { session, at, since, models: joinBranches(saved, inherited ? parseModelBills(inherited) : {}) };
  });
}

/**
 * The column `models` of a bill or a fork.
 * @throws ImplausibleError when a number is missing or is none
 */
export function parseModelBills(text: string): Record<string, ModelBill> {
  const models = JSON.parse(text) as Record<string, ModelBill>;
  for (const bill of Object.values(models))
    if (!NUMBERS.every((name) => Number.isFinite(bill?.[name]))) throw new ImplausibleError("bills");
  return models;
}

const NUMBERS = [...USAGE_KINDS, "costUsd"] as const;
