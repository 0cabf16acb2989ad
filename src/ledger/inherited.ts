/** The part of a session's bills that belongs to the session that it was forked from (forks.ts). */
import type { Database } from "bun:sqlite";
import type { BillPoint } from "./bill-series.ts";
import { ROUNDING } from "./bookings.ts";
import type { Fork } from "./forks.ts";
import { slotOf, slotStart } from "./slots.ts";
import { type Pricing, type Rollup, sumMessages } from "./sums.ts";

export interface Inherited {
  /** 0 unless the session is a fork. */
  readonly usd: number;
  /** False if estimated, or if the session may be a fork of an unknown one. */
  readonly certain: boolean;
}

/** The cost of messages differs from their bill by at most this share. */
const ESTIMATE_ERROR = 0.05;
/** A line may be this much newer than the payload that has its cost. ms. */
const LINE_DELAY_MS = 15_000;

/**
 * @param points all bills of the session, at least one
 * @param rollups the session's messages, by slot
 */
export function inheritedBy(
  db: Database,
  session: number,
  points: readonly BillPoint[],
  fork: Fork | undefined,
  rollups: readonly Rollup[],
  pricing: Pricing,
): Inherited {
  if (fork && fork.usd !== null) return { usd: fork.usd, certain: fork.certain };
  const first = points.reduce((a, b) => (b.at < a.at || (b.at === a.at && b.totalUsd < a.totalUsd) ? b : a));
  if (!fork) {
    const isExplained =
      first.run === "" ||
      first.totalUsd === 0 ||
      rollups.some(({ firstAt }) => firstAt <= first.at + LINE_DELAY_MS);
    // A client that starts with a bill and no messages continues a session that is not in the ledger yet.
    return { usd: 0, certain: isExplained };
  }
  const own = costUpTo(db, session, first.at, rollups, pricing);
  const usd = Math.max(0, first.totalUsd - own);
  const tolerance = own * ESTIMATE_ERROR + ROUNDING;
  if (usd <= tolerance) return { usd: 0, certain: true };
  const totals = db
    .query("select total from bills where session = ? and run = '' order by abs(total - ?) limit 1")
    .values(fork.parent, usd) as [number][];
  const nearest = totals[0]?.[0];
  return nearest !== undefined && nearest <= first.totalUsd && Math.abs(nearest - usd) <= tolerance
    ? { usd: nearest, certain: true }
    : { usd, certain: false };
}

/** The cost of messages up to an instant. USD. */
function costUpTo(
  db: Database,
  session: number,
  at: number,
  rollups: readonly Rollup[],
  pricing: Pricing,
): number {
  const slot = slotOf(at);
  const whole = rollups.filter((rollup) => rollup.slot < slot);
  const rest = sumMessages(db, slotStart(slot), at + 1).filter((rollup) => rollup.session === session);
  return [...whole, ...rest].reduce((sum, rollup) => sum + pricing.cost(rollup).usd, 0);
}
