/** Bills that lag behind the transcript. */
import type { Database } from "bun:sqlite";
import type { BillPoint } from "./bill-series.ts";
import { ROUNDING } from "./bookings.ts";
import { messagesBack, type Pricing } from "./sums.ts";

/**
 * How far the bill of a payload may lag behind the transcript: lines are written before their cost is counted, and the
 * payload takes time to reach the pass that records it. ms.
 */
const LAG_MS = 15_000;

/** Housekeeping that is billed with a message costs at most this share of it. */
const HOUSEKEEPING = 0.1;

/**
 * The cost of the newest messages that the newest bill, from a payload, does not include yet.
 *
 * Messages that cost more than their bill do not prove a lag: a price may be too high. A bill lags only if without the
 * newest messages the difference between bill and prices is the same as before them. A bill that two payloads repeat
 * includes all messages up to the first of them.
 * @param points the session's bills as reported
 * @param bills the same in order, cumulative
 * @param state the newest bill less the price of all messages up to it, and from when on bills count
 * @returns USD; 0 when the bill does not lag
 */
export function missedMessages(
  db: Database,
  session: number,
  points: readonly BillPoint[],
  bills: readonly { readonly at: number; readonly totalUsd: number }[],
  { gap, since }: { readonly gap: number; readonly since: number },
  pricing: Pricing,
): number {
  const newest = bills.at(-1) as { at: number; totalUsd: number };
  const from = Math.max(newest.at - LAG_MS, repeatedSince(points) + 1);
  const messages = messagesBack(db, session, newest.at, from);
  let missed = 0;
  for (const message of messages) {
    missed += pricing.cost(message).usd;
    const before = bills.findLast(({ at }) => at < message.lastAt);
    // The gap before these messages; 0 without an earlier bill.
    let gapBefore = 0;
    if (before) {
      const between = messagesBack(db, session, newest.at, Math.max(before.at + 1, since));
      const cost = between.reduce((sum, each) => sum + pricing.cost(each).usd, 0);
      gapBefore = gap + cost - (newest.totalUsd - before.totalUsd);
    }
    if (gap >= Math.min(0, gapBefore) - ROUNDING) return 0;
    const change = gap + missed - gapBefore;
    if (change >= -ROUNDING) return change <= missed * HOUSEKEEPING + ROUNDING ? missed : 0;
  }
  return 0;
}

/** When the newest payload bill was first reported, if another payload of the same run repeats it. */
function repeatedSince(points: readonly BillPoint[]): number {
  const [newest, before] = points
    .filter(({ run }) => run !== "")
    .toSorted((a, b) => b.at - a.at)
    .slice(0, 2);
  return newest && before?.run === newest.run && before.totalUsd === newest.totalUsd
    ? before.at
    : Number.NEGATIVE_INFINITY;
}
