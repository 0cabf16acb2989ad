/**
 * Bills that may lack a part of an earlier one, though they have more tokens of every kind (model-bills.ts).
 *
 * Between two bills of one client the bill grows by at least the messages of that time. If it grew by less, either
 * messages of a killed client were lost, or the bill is from a concurrent client: both look the same. The messages count
 * in any case; what the earlier bill had without a message may be lost.
 */
import type { Database } from "bun:sqlite";
import { addTokens, NO_TOKENS, TOKEN_KINDS, type TokenCounts } from "../claude/token-counts.ts";
import { type BillPoint, isSaved } from "./bill-series.ts";
import { TOTAL_COUNTS } from "./counts.ts";
import { billedTokens, branchesOf } from "./model-bills.ts";
import type { Rollup } from "./sums.ts";

/**
 * Whether tokens without a message may be on an earlier bill and missing on a later one.
 * @param points all bills of the session. Payloads identify the runs: with them the answer is no.
 * @param rollups the session's
 */
export function mayHaveLost(
  db: Database,
  session: number,
  points: readonly BillPoint[],
  rollups: readonly Rollup[],
): boolean {
  if (points.length < 2) return false;
  const saved = points.filter(isSaved).toSorted((a, b) => a.at - b.at || a.totalUsd - b.totalUsd);
  if (saved.length < points.length) return false;
  const branches = branchesOf(saved);
  return saved.some((bill, index) => {
    const before = saved[index - 1];
    if (!before || bill.since === null || before.since !== bill.since || branches.has(bill)) return false;
    const [billed, base] = [billedTokens(bill.models), billedTokens(before.models)];
    const hasLess = (sent: TokenCounts) =>
      TOKEN_KINDS.filter((kind) => billed[kind] - base[kind] < sent[kind]);
    if (hasLess(atMost(rollups, before.at, bill.at)).length === 0) return false;
    const lost = hasLess(sentWithin(db, session, before.at, bill.at));
    if (lost.length === 0) return false;
    const explained = sentWithin(db, session, bill.since - 1, before.at);
    return lost.some((kind) => base[kind] > explained[kind]);
  });
}

/** An upper bound of the tokens after `from` and up to `to`. */
function atMost(rollups: readonly Rollup[], from: number, to: number): TokenCounts {
  const sum = { ...NO_TOKENS };
  for (const rollup of rollups) if (rollup.lastAt > from && rollup.firstAt <= to) addTokens(sum, rollup);
  return sum;
}

/** The tokens of messages after `from` and up to `to`. */
const sentWithin = (db: Database, session: number, from: number, to: number): TokenCounts =>
  db
    .query(
      `select ${TOTAL_COUNTS}
       from messages where at > ? and at <= ? and session = ?`,
    )
    .get(from, to, session) as TokenCounts;
