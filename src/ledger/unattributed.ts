/**
 * Unattributed cost: the client bills requests, such as those for compaction, that never appear in a transcript. A
 * session's total is its bill; the excess over its messages is booked as unattributed at the time it was first seen. If
 * the messages exceed the bill, they are corrected at their own times.
 */
import type { Database } from "bun:sqlite";
import { accumulate, type BillPoint } from "./bill-series.ts";
import { forgottenBy, mayHaveLost, tokensBeyond } from "./billed-tokens.ts";
import {
  type Booking,
  book,
  type CutSlot,
  coveredBy,
  cutAt,
  markMissingTokens,
  ROUNDING,
  split,
  takeBack,
} from "./bookings.ts";
import { type Fork, loadForks } from "./forks.ts";
import { inheritedBy } from "./inherited.ts";
import { missedMessages } from "./lag.ts";
import { type ModelBills, newestModelBills, parseModelBills } from "./model-bills.ts";
import { slotEnd, slotOf, slotStart } from "./slots.ts";
import { type Pricing, type Rollup, sumMessages } from "./sums.ts";
import { Tally } from "./tally.ts";

/** A session's bills against its messages. */
export interface Settlement {
  readonly bookings: readonly Booking[];
  /** The session's cost at its newest bill, over all runs of the client. USD. */
  readonly billUsd: number;
  /** No message is newer than that bill, or too close to it: the session's total is the client's own figure. */
  readonly settled: boolean;
  /** By how much the messages up to that bill exceed it. USD; 0 if they do not. */
  readonly excessUsd: number;
  /** What the client's bills include of the session that this one was forked from. USD. */
  readonly inheritedUsd: number;
}

/** How long after a request its transcript line is usually written at most. Milliseconds. */
const USUAL_LAG_MS = 2_000;

export interface SettleOptions {
  /** One session; default: all that have bills. */
  readonly only?: number;
  /** The start of a window: corrections before this instant are booked before it, even within a slot. */
  readonly splitAt?: number | undefined;
}

/**
 * Compare sessions that have bills with their messages.
 * @param rollups at least those of these sessions, by slot
 * @returns by session
 */
export function settle(
  db: Database,
  rollups: readonly Rollup[],
  pricing: Pricing,
  { only, splitAt }: SettleOptions = {},
): Map<number, Settlement> {
  const points = new Map<number, BillPoint[]>();
  const rows = db
    .query("select session, at, run, total, since, models from bills where ?1 is null or session = ?1")
    .values(only ?? null) as [number, number, string, number, number | null, string | null][];
  for (const [session, at, run, totalUsd, since, models] of rows) {
    const point: BillPoint = {
      at,
      run,
      totalUsd,
      since,
      ...(models === null ? {} : { models: parseModelBills(models) }),
    };
    points.getOrInsertComputed(session, () => []).push(point);
  }
  if (points.size === 0) return new Map();
  const messages = Map.groupBy(
    rollups.filter(({ session }) => points.has(session)),
    ({ session }) => session,
  );
  const byModel = new Map(newestModelBills(db, only).map((bill) => [bill.session, bill]));
  const forks = loadForks(db, only);
  const cut = splitAt === undefined ? undefined : cutAt(db, splitAt);
  const settlements = new Map<number, Settlement>();
  for (const [session, bills] of points) {
    const settlement = settleOne(db, pricing, {
      session,
      points: bills,
      models: byModel.get(session),
      rollups: messages.get(session) ?? [],
      cut,
      fork: forks.get(session),
    });
    settlements.set(session, settlement);
  }
  return settlements;
}

/** A session with bills. */
interface BilledSession {
  readonly session: number;
  readonly points: readonly BillPoint[];
  /** The newest bill by model. */
  readonly models: ModelBills | undefined;
  /** By slot. */
  readonly rollups: readonly Rollup[];
  readonly cut: CutSlot | undefined;
  readonly fork: Fork | undefined;
}

function settleOne(db: Database, pricing: Pricing, billed: BilledSession): Settlement {
  const { session, points, models, rollups, cut, fork } = billed;
  const inherited = inheritedBy(db, session, points, fork, rollups, pricing);
  const { points: bills, since } = accumulate(points, inherited.usd);
  const newest = bills.at(-1) as { at: number; totalUsd: number };
  const part = (from: number, to: number) => messagesWithin(db, session, from, to, rollups, pricing);
  const ofTranscript = points.some(({ at, run }) => at === newest.at && run === "");
  // The newest bill splits its slot exactly; older ones count the whole slot.
  const after = part(newest.at + 1, slotEnd(slotOf(newest.at)));
  let next = 0;
  // Messages from before the client began to count are not part of its bills.
  let explained = 0;
  if (since > Number.NEGATIVE_INFINITY) {
    explained -= part(slotStart(slotOf(since)), since).costUsd;
    while (next < rollups.length && (rollups[next] as Rollup).slot < slotOf(since)) next++;
  }
  const gaps = bills.map(({ at, totalUsd }, index) => {
    for (const slot = slotOf(at); next < rollups.length; next++) {
      const rollup = rollups[next] as Rollup;
      if (rollup.slot > slot) break;
      explained += pricing.cost(rollup).usd;
    }
    return totalUsd - (index === bills.length - 1 ? explained - after.costUsd : explained);
  });
  let gap = gaps.at(-1) as number;
  const late =
    gap < -ROUNDING && !ofTranscript
      ? missedMessages(db, session, points, bills, { gap, since }, pricing)
      : 0;
  const forgotten =
    gap < -ROUNDING && ofTranscript && models?.at === newest.at
      ? Math.min(-gap, forgottenBy(db, models, fork, since, rollups, pricing))
      : 0;
  gap += late + forgotten;
  gaps[gaps.length - 1] = gap;
  const lastAt = Math.max(...rollups.map((rollup) => rollup.lastAt));
  const bookings =
    gap < -ROUNDING
      ? takeBack(session, -gap, split(session, coveredBy(rollups, since, newest.at), cut), pricing)
      : book(session, bills, gaps);
  const tokens = models ? tokensBeyond(models, fork, since, part, rollups) : [];
  const certain = inherited.certain && (fork !== undefined || !mayHaveLost(db, session, points, rollups));
  // Without another booking, an empty one carries the mark.
  const mark = certain ? [] : [{ session, at: newest.at, usd: 0 }];
  const all = markMissingTokens([...bookings, ...tokens, ...mark], models?.at);
  return {
    bookings: certain ? all : all.map((booking) => ({ ...booking, uncertain: true })),
    billUsd: newest.totalUsd + forgotten,
    settled:
      certain &&
      after.messages === 0 &&
      late + forgotten === 0 &&
      next === rollups.length &&
      (ofTranscript || newest.at - lastAt >= USUAL_LAG_MS) &&
      !((rollups[0]?.firstAt ?? since) < since),
    excessUsd: gap < -ROUNDING ? -gap : 0,
    inheritedUsd: inherited.usd,
  };
}

/** The sum of messages between two instants of one slot. */
function messagesWithin(
  db: Database,
  session: number,
  from: number,
  to: number,
  rollups: readonly Rollup[],
  pricing: Pricing,
): Tally {
  const slot = slotOf(from);
  const tally = new Tally();
  if (!rollups.some((each) => each.slot === slot && each.firstAt < to && each.lastAt >= from)) return tally;
  for (const rollup of sumMessages(db, from, to)) {
    if (rollup.session === session) tally.add(rollup, pricing.cost(rollup));
  }
  return tally;
}
