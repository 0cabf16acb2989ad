/** The tokens on a session's bill by model against those of its messages. */
import type { Database } from "bun:sqlite";
import { addTokens, mapTokens, NO_TOKENS, TOKEN_KINDS, type TokenCounts } from "../claude/token-counts.ts";
import { type BillPoint, isSaved } from "./bill-series.ts";
import type { Booking } from "./bookings.ts";
import { TOTAL_COUNTS } from "./counts.ts";
import type { Fork } from "./forks.ts";
import { billedTokens, branchesOf, type ModelBills } from "./model-bills.ts";
import { slotEnd, slotOf, slotStart } from "./slots.ts";
import { type Pricing, type Rollup, sumMessages } from "./sums.ts";
import { Tally } from "./tally.ts";

/**
 * The cost of messages that a killed client billed and the next one lost: it continued from the last bill in the
 * transcript. Payloads have what the killed run cost (bill-series.ts). Without them the tokens show it: the bill by model
 * has fewer than the messages that it covers. USD.
 */
export function forgottenBy(
  db: Database,
  bill: ModelBills,
  fork: Fork | undefined,
  since: number,
  rollups: readonly Rollup[],
  pricing: Pricing,
): number {
  const inherited = inheritedTokens(bill, fork);
  if (!inherited) return 0;
  const billed = billedTokens(bill.models);
  const own = mapTokens((kind) => billed[kind] - inherited[kind]);
  const began = Math.max(since, bill.since ?? 0);
  const [first, last] = [slotOf(began), slotOf(bill.at)];
  const within = (from: number, to: number) =>
    sumMessages(db, from, to).filter((rollup) => rollup.session === bill.session);
  const covered =
    first === last
      ? within(began, bill.at + 1)
      : [
          ...within(began, slotEnd(first)),
          ...rollups.filter(({ slot }) => slot > first && slot < last),
          ...within(slotStart(last), bill.at + 1),
        ];
  return forgottenUsd(own, covered, pricing);
}

/** The tokens of a bill that the session inherited; undefined when unknown. */
function inheritedTokens(bill: ModelBills, fork: Fork | undefined): TokenCounts | undefined {
  const isInherited = fork !== undefined && (fork.since ?? bill.since) === bill.since;
  if (isInherited && fork.models === null) return undefined;
  return billedTokens(isInherited ? (fork.models ?? {}) : {});
}

/** Sums up the session's messages between two instants of one slot. */
export type SumBetween = (from: number, to: number) => Tally;

/** Bookings for the billed tokens that are in no message. */
export function tokensBeyond(
  bill: ModelBills,
  fork: Fork | undefined,
  since: number,
  part: SumBetween,
  rollups: readonly Rollup[],
): Booking[] {
  const inherited = inheritedTokens(bill, fork);
  if (!inherited) return [];
  const began = Math.max(since, bill.since ?? 0);
  const [first, last] = [slotOf(began), slotOf(bill.at)];
  const seen = new Tally();
  for (const rollup of rollups)
    if (rollup.slot > first && rollup.slot < last) seen.add(rollup, { usd: 0, priced: "exact" });
  const edges =
    first === last
      ? [part(began, bill.at + 1)]
      : [part(began, slotEnd(first)), part(slotStart(last), bill.at + 1)];
  const billed = billedTokens(bill.models);
  const tokens = mapTokens((kind) => {
    const counted = edges.reduce((sum, edge) => sum + edge.counts[kind], seen.counts[kind]);
    return Math.max(0, billed[kind] - inherited[kind] - counted);
  });
  return Object.values(tokens).some((count) => count > 0)
    ? [{ session: bill.session, at: bill.at, usd: 0, tokens }]
    : [];
}

const NONE = { ...NO_TOKENS, webSearches: 0, cost: 0 };

/**
 * The cost of tokens that are in messages and not on their bill. USD.
 * @param rollups the messages that the bill covers
 */
function forgottenUsd(billed: TokenCounts, rollups: readonly Rollup[], pricing: Pricing): number {
  let usd = 0;
  for (const kind of TOKEN_KINDS) {
    const used = rollups.reduce((sum, rollup) => sum + rollup[kind], 0);
    const extra = used - billed[kind];
    if (extra <= 0) continue;
    const cost = rollups.reduce(
      (sum, rollup) => sum + pricing.cost({ ...rollup, ...NONE, [kind]: rollup[kind] }).usd,
      0,
    );
    usd += (cost * extra) / used;
  }
  return usd;
}

/**
 * Whether tokens without a message may be on an earlier bill and missing on a later one, though that has more of every
 * kind (model-bills.ts).
 *
 * Between two bills of one client the bill grows by at least the messages of that time. If it grew by less, either
 * messages of a killed client were lost, or the bill is from a concurrent client: both look the same. The messages count
 * in any case; what the earlier bill had without a message may be lost.
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
