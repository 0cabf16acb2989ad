/**
 * Forked sessions. `--fork-session` starts a session under a new id with the parent's newest `cost-state`: the client
 * carries the total, the tokens by model and `startTime` over, so that the fork's first bill is the parent's bill
 * (Claude Code 2.1.331). What a fork inherited counts for the parent only. `/branch` starts at zero.
 *
 * The parent's bill is found by the shared start time, or, before the fork has a bill in its transcript, by the total of
 * its first payload. Times cannot decide between several bills: a `cost-state` has none. What decides is whether the
 * fork's own messages fit between the parent's bill and the fork's first one.
 *
 * The result is stored in `forks`. It depends on the content of the ledger, not on the order of reading.
 */
import type { Database } from "bun:sqlite";
import type { TokenCounts } from "../claude/token-counts.ts";
import type { ModelBill } from "../claude/transcript.ts";
import { TOTAL_COUNTS } from "./counts.ts";
import { billedTokens, parseModelBills } from "./model-bills.ts";
import { FLAG } from "./schema.ts";
import { AFTER_LINE } from "./usage-lines.ts";

/** What a session inherited: a row of `forks`. */
export interface Fork {
  readonly session: number;
  /** Null when the parent is not in the ledger. */
  readonly parent: number | null;
  /** When the parent's client began to count, if known. Unix milliseconds. */
  readonly since: number | null;
  /** The parent's bill at the fork. USD. Null when unknown: it is then estimated. */
  readonly usd: number | null;
  readonly models: Readonly<Record<string, ModelBill>> | null;
  readonly certain: boolean;
}

/** A bill of a transcript. */
interface Line {
  readonly session: number;
  readonly at: number;
  readonly total: number;
  readonly since: number | null;
  readonly models: string | null;
}

/** The first bill of a session. */
interface First {
  readonly at: number;
  readonly run: string;
  readonly total: number;
}

/** Forks by session, or the row of one session. */
export function loadForks(db: Database, only?: number): Map<number, Fork> {
  const rows = db
    .query("select session, parent, since, usd, models, certain from forks where ?1 is null or session = ?1")
    .values(only ?? null) as [number, number | null, number | null, number | null, string | null, number][];
  return new Map(
    rows.map(([session, parent, since, usd, models, certain]) => [
      session,
      {
        session,
        parent,
        since,
        usd,
        models: models === null ? null : parseModelBills(models),
        certain: certain === 1,
      },
    ]),
  );
}

/** What a session inherited, from the bills and messages in the ledger. */
export function inheritance(db: Database, session: number): Fork | undefined {
  const first = firstBill(db, session);
  if (!first || first.total === 0) return undefined;
  const line = firstLine(db, session);
  // A start time after the first payload belongs to a later run.
  const series = line && (first.run === "" || (line.since as number) <= first.at) ? line : undefined;
  return series ? bySeries(db, session, first, series) : byPayload(db, session, first);
}

const firstBill = (db: Database, session: number): First | null =>
  db
    .query("select at, run, total from bills where session = ? order by at, total limit 1")
    .get(session) as First | null;

const LINE = "select session, at, total, since, models from bills";

const firstLine = (db: Database, session: number): Line | null =>
  db
    .query(`${LINE} where session = ? and run = '' and since is not null order by at, total limit 1`)
    .get(session) as Line | null;

/** The fork has a bill in its transcript: its relatives are the sessions with the same start time. */
function bySeries(db: Database, session: number, first: First, series: Line): Fork | undefined {
  const family = db
    .query(
      `${LINE} where since = ? and session <> ? and total <= ? and run = '' and at <= ?
       order by total desc, at desc`,
    )
    .all(series.since, session, first.total, first.at + AFTER_LINE) as Line[];
  const parents = family.filter((line) => isBefore(db, line, session, first));
  if (parents.length === 0) return undefined;
  const found = (line: Line | undefined, certain: boolean): Fork | undefined =>
    line && {
      session,
      parent: line.session,
      since: series.since,
      usd: line.total,
      models: line.models === null ? null : parseModelBills(line.models),
      certain,
    };
  const complete = parents.filter((line) => hasLastMessage(db, line, session));
  const ranked = [...complete, ...parents.filter((line) => !complete.includes(line))];
  if (first.run !== "") {
    const same = ranked.find((line) => line.total === first.total);
    if (same) return found(same, true);
  }
  const fitting = ranked.find((line) => fits(db, session, series, line));
  if (fitting) return found(fitting, true);
  // Clients that were started together may share the start time by coincidence.
  if (complete.length > 0) return found(complete[0], false);
  const sibling = parents.find((line) => sharesMessages(db, session, line.session));
  return sibling && { session, parent: null, since: series.since, usd: null, models: null, certain: false };
}

/** The fork has no bill in its transcript: not yet, or it was killed. */
function byPayload(db: Database, session: number, first: First): Fork | undefined {
  if (first.run === "") return undefined;
  const fork = (line: Line, usd: number | null): Fork => ({
    session,
    parent: line.session,
    since: null,
    usd,
    models: null,
    certain: usd !== null,
  });
  const until = first.at + AFTER_LINE;
  // A client shows the bill that it inherited before its first request. The total identifies the parent.
  const same = db
    .query(`${LINE} where total = ? and run = '' and session <> ? and at <= ? order by at desc`)
    .all(first.total, session, until) as Line[];
  const parent =
    same.find((line) => sharesMessages(db, session, line.session)) ??
    (same.length > 0 && !ownMessageBefore(db, session, first.at) ? same[0] : undefined);
  if (parent) return fork(parent, parent.total);
  const linked = db
    .query(
      `${LINE} where run = '' and total > 0 and total <= ?2 and at <= ?3 and session in (
         select distinct b.session from copies a join copies b on b.message = a.message
         where a.session = ?1 and b.session <> ?1)
       order by total desc limit 1`,
    )
    .get(session, first.total, until) as Line | null;
  return linked ? fork(linked, null) : undefined;
}

/** Whether a session's first bill comes before that of another session: a parent's is never larger. */
function isBefore(db: Database, parent: Line, session: number, first: First): boolean {
  const [total, at] = db
    .query("select total, min(at) from bills where session = ? and since = ? and run = ''")
    .values(parent.session, parent.since)[0] as [number, number];
  // The time of a line is only known to a few seconds, that of a payload exactly.
  const writtenAt = first.run === "" ? at : at - AFTER_LINE;
  return (total - first.total || writtenAt - first.at || parent.session - session) < 0;
}

/** Whether the fork copied the last message that the parent's bill has. */
function hasLastMessage(db: Database, line: Line, fork: number): boolean {
  const last = db
    .query(
      `select seq, session from messages where at between ?1 and ?2 and flags & ${FLAG.sidechain} = 0
         and (session = ?3 or exists (select 1 from copies where message = seq and copies.session = ?3))
       order by at desc limit 1`,
    )
    .get(line.since, line.at - AFTER_LINE, line.session) as { seq: number; session: number } | null;
  if (!last) return false;
  return (
    last.session === fork ||
    db.query("select 1 from copies where message = ? and session = ?").values(last.seq, fork).length > 0
  );
}

/** Whether the parent's bill and the fork's own messages fit into the fork's first bill. */
function fits(db: Database, session: number, series: Line, parent: Line): boolean {
  const [billed, inherited] = [series, parent].map(({ models }) =>
    billedTokens(parseModelBills(models ?? "{}")),
  ) as [TokenCounts, TokenCounts];
  const own = db
    .query(
      `select ${TOTAL_COUNTS}
       from messages where at between ?1 and ?2 and session <> ?4
         and (session = ?3 or exists (select 1 from copies where message = seq and copies.session = ?3))
         and not exists (select 1 from copies where message = seq and copies.session = ?4)`,
    )
    .get(series.since, series.at, session, parent.session) as TokenCounts;
  const writes = (counts: TokenCounts) => counts.cacheWrite5m + counts.cacheWrite1h;
  return (
    billed.input - inherited.input >= own.input &&
    billed.output - inherited.output >= own.output &&
    billed.cacheRead - inherited.cacheRead >= own.cacheRead &&
    writes(billed) - writes(inherited) >= writes(own)
  );
}

const sharesMessages = (db: Database, one: number, other: number): boolean =>
  db
    .query(
      `select 1 from copies a join copies b on b.message = a.message where a.session = ? and b.session = ? limit 1`,
    )
    .values(one, other).length > 0;

/** Whether the session has a message up to `at` that no other session has. */
const ownMessageBefore = (db: Database, session: number, at: number): boolean =>
  db
    .query(
      `select 1 from rollups where session = ?1 and first_at <= ?2 and exists (
         select 1 from messages m where m.session = ?1 and m.at between rollups.first_at and ?2
           and not exists (select 1 from copies where message = m.seq))
       limit 1`,
    )
    .values(session, at).length > 0;
