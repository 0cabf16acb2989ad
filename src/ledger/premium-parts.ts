/**
 * The part of a bill that was not charged at the standard price. A bill by model does not separate fast, long and other
 * more expensive messages; the session's messages do.
 */
import type { Database } from "bun:sqlite";
import { mapUsage, type UsageCounts } from "../claude/token-counts.ts";
import type { ModelBill } from "../claude/transcript.ts";
import { SUM_COUNTS } from "./counts.ts";
import type { ModelBills } from "./model-bills.ts";
import type { PriceClass } from "./prices.ts";
import { FLAG } from "./schema.ts";
import { modelNames, priceClass } from "./sums.ts";

/** A billed session's messages of one model and one class other than the standard one. */
export interface PremiumPart {
  readonly kind: PriceClass;
  readonly tokens: UsageCounts;
}

const PREMIUM = FLAG.fast | FLAG.long | FLAG.us | FLAG.partlyLong;

/**
 * @param bills each session's newest bill by model: messages after it are not part of it
 * @returns by session and model name, as the messages have it
 */
export function premiumParts(
  db: Database,
  bills: readonly ModelBills[],
): Map<number, Map<string, PremiumPart[]>> {
  const found = new Map<number, Map<string, PremiumPart[]>>();
  const byId = new Map(bills.map((bill) => [bill.session, bill]));
  if (byId.size === 0) return found;
  const names = modelNames(db);
  const rows = db
    .query(
      `select rollups.session, rollups.model, class, ${SUM_COUNTS}
       from rollups join (
         select session, max(at) as until from bills where models is not null and models <> '{}' group by session
       ) as billed on billed.session = rollups.session
       where class & ${PREMIUM} <> 0 and last_at <= until group by 1, 2, 3`,
    )
    .all() as (UsageCounts & { session: number; model: number; class: number })[];
  for (const { session, model, class: kind, ...tokens } of rows) {
    const name = names.get(model);
    if (name === undefined || !byId.has(session)) continue;
    const models = found.get(session) ?? new Map<string, PremiumPart[]>();
    found.set(session, models);
    models.set(name, [...(models.get(name) ?? []), { kind: priceClass(kind), tokens }]);
  }
  return found;
}

/** Counts less others, none below zero. */
export const subtract = (from: UsageCounts, less: UsageCounts): UsageCounts =>
  mapUsage((kind) => Math.max(0, from[kind] - less[kind]));

/** What a session was billed for a model, and the part in long requests. */
export interface LongSample {
  readonly bill: ModelBill;
  readonly long: UsageCounts;
}

/** By model: billed sessions that had long requests, and no other premium ones. */
export function longSamples(db: Database, bills: readonly ModelBills[]): Map<string, LongSample[]> {
  const samples = new Map<string, LongSample[]>();
  const parts = premiumParts(db, bills);
  for (const { session, models } of bills) {
    for (const [model, own] of parts.get(session) ?? []) {
      const [only] = own;
      const bill = models[model];
      if (!bill || !only || own.length > 1) continue;
      const { long, partlyLong, fast, us } = only.kind;
      if (!long || partlyLong || fast || us) continue;
      samples.set(model, [...(samples.get(model) ?? []), { bill, long: only.tokens }]);
    }
  }
  return samples;
}
