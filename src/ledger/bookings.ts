/**
 * The difference between a session's bill and its messages, as costs with a time, so that days and blocks add up to the
 * bill and none is negative.
 */
import type { Database } from "bun:sqlite";
import type { TokenCounts } from "../claude/token-counts.ts";
import { slotEnd, slotOf, slotStart } from "./slots.ts";
import { type Pricing, type Rollup, sumMessages } from "./sums.ts";

/** Smaller sums and differences are rounding errors. USD. */
export const ROUNDING = 1e-9;

/** A cost without messages. */
export interface Booking {
  readonly session: number;
  /** Unix milliseconds. */
  readonly at: number;
  /** Negative, and at the time of a message, if our prices are too high or the lines were billed elsewhere. */
  readonly usd: number;
  /** What was used without a message, if the bill has it. */
  readonly tokens?: TokenCounts;
  /** A part of it may belong to another session, and be counted there too. */
  readonly uncertain?: boolean;
  /** Tokens were billed that are in no message and no count of the client. */
  readonly tokensMissing?: boolean;
}

/** Smaller amounts are rounding errors, not requests. USD. */
const SMALLEST_USD = 5e-5;

/**
 * Mark what was billed without a message after the client last counted its tokens: they are unknown.
 * @param countedAt the time of the newest bill by model, if there is one. Unix milliseconds
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
 * The gaps as bookings that add up to the last one, which is not negative. A gap that closes again, as when a bill comes
 * before the line of its message, is not booked.
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
 * What messages cost more than their bill, subtracted from them in proportion, so that no day is negative. Estimated
 * prices are corrected first.
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

/** The rollups that bills between two instants can cover. */
export const coveredBy = (rollups: readonly Rollup[], since: number, until: number): Rollup[] => {
  const first = since > Number.NEGATIVE_INFINITY ? slotOf(since) : since;
  return rollups.filter(({ slot }) => slot >= first && slot <= slotOf(until));
};

/** A slot cut in two. */
export interface CutSlot {
  readonly slot: number;
  readonly halves: readonly Rollup[];
}

/** @returns the slot that `at` is in, cut there */
export function cutAt(db: Database, at: number): CutSlot {
  const slot = slotOf(at);
  return {
    slot,
    halves: [...sumMessages(db, slotStart(slot), at), ...sumMessages(db, at, slotEnd(slot))],
  };
}

/** A session's rollups, with the two halves in place of the cut slot. */
export function split(
  session: number,
  rollups: readonly Rollup[],
  cut: CutSlot | undefined,
): readonly Rollup[] {
  if (!cut || !rollups.some(({ slot }) => slot === cut.slot)) return rollups;
  return [
    ...rollups.filter(({ slot }) => slot !== cut.slot),
    ...cut.halves.filter((half) => half.session === session),
  ];
}
