/** The tokens on a session's bill by model against those of its messages: more of either tells something. */
import type { Database } from "bun:sqlite";
import { mapTokens, type TokenCounts } from "../claude/token-counts.ts";
import { billedTokens, type ModelBills } from "./bills.ts";
import type { Booking } from "./bookings.ts";
import { forgottenUsd } from "./forgotten.ts";
import type { Fork } from "./forks.ts";
import { slotEnd, slotOf, slotStart } from "./slots.ts";
import { type Pricing, type Rollup, sumMessages } from "./sums.ts";
import { Tally } from "./tally.ts";

/** What the messages up to a session's bill by model cost that the client has forgotten. USD. */
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

/** @returns the part of a bill's tokens that the session inherited; undefined when it is unknown */
function inheritedTokens(bill: ModelBills, fork: Fork | undefined): TokenCounts | undefined {
  const isInherited = fork !== undefined && (fork.since ?? bill.since) === bill.since;
  if (isInherited && fork.models === null) return undefined;
  return billedTokens(isInherited ? (fork.models ?? {}) : {});
}

/** Sums the session's messages from one instant up to another of the same slot. */
export type Part = (from: number, to: number) => Tally;

/** The tokens on a session's bill by model that no message up to it explains. */
export function tokensBeyond(
  bill: ModelBills,
  fork: Fork | undefined,
  since: number,
  part: Part,
  rollups: readonly Rollup[],
): Booking[] {
  const inherited = inheritedTokens(bill, fork);
  // How many tokens an unknown parent used is unknown.
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
