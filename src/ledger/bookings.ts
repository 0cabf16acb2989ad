/**
 * The difference between a session's bill and its messages, as costs with a time: what is booked where, so that every day
 * and block adds up to the bill and none comes out below zero.
 */
import type { Database } from "bun:sqlite";
import type { TokenCounts } from "../claude/token-counts.ts";
import { slotEnd, slotOf, slotStart } from "./slots.ts";
import { type Pricing, type Rollup, sumMessages } from "./sums.ts";
import { ROUNDING } from "./tally.ts";

/** A cost without messages. */
export interface Booking {
  readonly session: number;
  /** Unix milliseconds. */
  readonly at: number;
  /** Negative when our prices are too high, or lines count here that were billed elsewhere; then at a message's time. */
  readonly usd: number;
  /** What was used without a message, where the bill tells it. */
  readonly tokens?: TokenCounts;
  /** A part of it may be the bill of another session, and be counted there too. */
  readonly uncertain?: boolean;
  /** Tokens were billed with it, and no message and no count of the client has them. */
  readonly tokensMissing?: boolean;
}

/** Less than this is rounding of prices and bills, not a request. USD. */
const SMALLEST_USD = 5e-5;

/**
 * Mark what was billed after the client last counted its tokens and no message explains: its tokens are unknown.
 * @param countedAt the time of the newest bill by model; absent when there is none. Unix milliseconds
 */
export function markMissingTokens(
  bookings: readonly Booking[],
  countedAt = Number.NEGATIVE_INFINITY,
): readonly Booking[] {
  const isAfter = ({ at }: Booking) => at > countedAt;
  const usd = bookings.filter(isAfter).reduce((sum, booking) => sum + booking.usd, 0);
  if (usd < SMALLEST_USD) return bookings;
  return bookings.map((each) => (isAfter(each) && each.usd > 0 ? { ...each, tokensMissing: true } : each));
}

/**
 * The gaps as bookings that add up to the last one, which is not negative. A gap that closes again (a bill that came
 * before its message's line, say) is never booked.
 */
export function book(session: number, bills: readonly { at: number }[], gaps: readonly number[]): Booking[] {
  const bookings: Booking[] = [];
  let booked = 0;
  for (const [index, { at }] of bills.entries()) {
    const lasting = Math.max(0, Math.min(...gaps.slice(index)));
    if (Math.abs(lasting - booked) > ROUNDING) {
      bookings.push({ session, at, usd: lasting - booked });
      booked = lasting;
    }
  }
  return bookings;
}

/**
 * What messages cost more than their bill, taken back from them where they were counted, each in proportion: no day can
 * come out below zero. Estimated prices are the first to be wrong.
 */
export function takeBack(
  session: number,
  excessUsd: number,
  rollups: readonly Rollup[],
  pricing: Pricing,
): Booking[] {
  const costs = rollups.map((rollup) => ({ at: rollup.lastAt, ...pricing.cost(rollup) }));
  const estimated = costs.filter(({ priced }) => priced === "estimated");
  const sum = (parts: typeof costs) => parts.reduce((total, { usd }) => total + usd, 0);
  const wrong = sum(estimated) >= excessUsd ? estimated : costs;
  const share = excessUsd / sum(wrong);
  return wrong.filter(({ usd }) => usd > 0).map(({ at, usd }) => ({ session, at, usd: -usd * share }));
}

/** The slots that bills from one instant to another can be about. */
export const coveredBy = (rollups: readonly Rollup[], since: number, until: number): Rollup[] => {
  const first = since > Number.NEGATIVE_INFINITY ? slotOf(since) : since;
  return rollups.filter(({ slot }) => slot >= first && slot <= slotOf(until));
};

/** A slot cut in two: what was sent in it, the two parts apart. */
export interface Cut {
  readonly slot: number;
  readonly halves: readonly Rollup[];
}

/** @returns the slot that `at` is in, cut there */
export function cutAt(db: Database, at: number): Cut {
  const slot = slotOf(at);
  return {
    slot,
    halves: [...sumMessages(db, slotStart(slot), at), ...sumMessages(db, at, slotEnd(slot))],
  };
}

/** A session's rollups, with the halves of the slot that is cut instead of the whole. */
export function split(session: number, rollups: readonly Rollup[], cut: Cut | undefined): readonly Rollup[] {
  if (!cut || !rollups.some(({ slot }) => slot === cut.slot)) return rollups;
  return [
    ...rollups.filter(({ slot }) => slot !== cut.slot),
    ...cut.halves.filter((half) => half.session === session),
  ];
}
