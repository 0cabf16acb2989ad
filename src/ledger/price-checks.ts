/** Compares prices with the client's bills. */
import type { Database } from "bun:sqlite";
import type { UsageCounts } from "../claude/token-counts.ts";
import { newestModelBills } from "./model-bills.ts";
import { premiumParts, subtract } from "./premium-parts.ts";
import { costAt, type PublishedPrices, STANDARD } from "./prices.ts";
import { loadRollups, type Pricing } from "./sums.ts";
import { settle } from "./unattributed.ts";

/** A published price that differs from the client's bills. */
export interface PriceCheck {
  readonly model: string;
  /** The cost of the billed tokens at our price, and on the bill. USD. */
  readonly ourUsd: number;
  readonly billedUsd: number;
}

/** A session whose messages cost more at our prices than the client billed. */
export interface Suspect {
  readonly sessionId: string;
  readonly models: string[];
  /** USD. */
  readonly excessUsd: number;
}

/** A model without a published or configured price. */
export interface UncertainPrice {
  /** As reports name it. */
  readonly model: string;
  readonly priced: "estimated" | "unpriced";
}

/** Models with messages without a published or configured price. */
export function uncertainPrices(db: Database, pricing: Pricing): UncertainPrice[] {
  const found = new Map<string, "estimated" | "unpriced">();
  for (const rollup of loadRollups(db, "true group by model, class")) {
    const { priced } = pricing.cost(rollup);
    if (priced !== "exact") found.set(pricing.modelLabel(rollup), priced);
  }
  return [...found].map(([model, priced]) => ({ model, priced }));
}

/** Published prices that differ from the bills by more than `tolerance`, a share of the bill. */
export function priceChecks(db: Database, published: PublishedPrices, tolerance: number): PriceCheck[] {
  const sums = new Map<string, { ourUsd: number; billedUsd: number }>();
  const bills = newestModelBills(db);
  const parts = premiumParts(db, bills);
  for (const { session, at, models } of bills) {
    for (const [model, bill] of Object.entries(models)) {
      const rates = published.rates(model, at, STANDARD);
      if (rates.priced !== "exact" || !(bill.costUsd > 0)) continue;
      const premium = (parts.get(session)?.get(model) ?? []).map((part) => ({
        part,
        rates: published.rates(model, at, part.kind),
      }));
      if (premium.some((each) => each.rates.priced !== "exact")) continue;
      const sum = sums.get(model) ?? { ourUsd: 0, billedUsd: 0 };
      let rest: UsageCounts = bill;
      for (const each of premium) {
        rest = subtract(rest, each.part.tokens);
        sum.ourUsd += costAt(each.rates, each.part.tokens);
      }
      sum.ourUsd += costAt(rates, rest);
      sum.billedUsd += bill.costUsd;
      sums.set(model, sum);
    }
  }
  return [...sums]
    .filter(([, { ourUsd, billedUsd }]) => Math.abs(ourUsd - billedUsd) > tolerance * billedUsd)
    .map(([model, sum]) => ({ model, ...sum }));
}

/** Sessions that cost more at our prices than on the bill, by over half a percent and more than rounding. */
export function suspects(db: Database, pricing: Pricing): Suspect[] {
  const rollups = loadRollups(db);
  const names = new Map(db.query("select id, name from sessions").values() as [number, string][]);
  return [...settle(db, rollups, pricing)]
    .filter(([, { excessUsd, billUsd }]) => excessUsd > Math.max(1e-4, billUsd * 0.005))
    .map(([session, { excessUsd }]) => ({
      sessionId: names.get(session) ?? "",
      models: [
        ...new Set(rollups.filter((each) => each.session === session).map((each) => pricing.modelName(each))),
      ],
      excessUsd,
    }));
}
