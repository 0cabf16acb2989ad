/** The prices of the ledger's models, with their origin, and how they compare with the client's bills. */
import type { Database } from "bun:sqlite";
import type { UsageCounts } from "../claude/token-counts.ts";
import { BUILT_IN_CLIENT, BUILT_IN_DATE } from "./built-in-prices.ts";
import { newestModelBills } from "./model-bills.ts";
import { premiumParts, subtract } from "./premium-parts.ts";
import { costAt, type PriceClass, type PublishedPrices, type Rates, STANDARD } from "./prices.ts";
import { LIST_NAME, LIST_VERSION } from "./published-list.ts";
import { CLASS, FLAG } from "./schema.ts";
import { loadRollups, type Pricing, priceClass } from "./sums.ts";
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

export interface ModelPrice {
  readonly model: string;
  readonly kind: PriceClass;
  readonly rates: Rates;
}

/** The origin of a price in words, with version or date. */
export function priceOrigin({ source, priced }: Rates): string {
  switch (source) {
    case "config":
      return "configuration";
    case "list":
      return `${LIST_NAME} ${LIST_VERSION}${priced === "estimated" ? ", may differ" : ""}`;
    case "built-in":
      return `as charged by Claude Code ${BUILT_IN_CLIENT}, ${BUILT_IN_DATE}${priced === "estimated" ? ", may differ" : ""}`;
    case "bills":
      return "learned from bills";
    case "none":
      return "no price known";
  }
}

const PRICED = CLASS & ~FLAG.costed;

/** Prices at a time, in the classes that occur. By name, standard mode first. */
export function modelPrices(db: Database, pricing: Pricing, at: number): ModelPrice[] {
  const found = new Map<string, ModelPrice>();
  for (const rollup of loadRollups(db, "true group by model, class")) {
    const model = pricing.modelName(rollup);
    // The standard price of every model, whether or not a message was charged it.
    for (const flags of [0, rollup.class & PRICED]) {
      const kind = priceClass(flags);
      found.set(`${model} ${flags}`, { model, kind, rates: pricing.ratesOf(model, at, kind) });
    }
  }
  const rank = ({ kind }: ModelPrice) =>
    (kind.fast ? 8 : 0) + (kind.long ? 4 : 0) + (kind.partlyLong ? 2 : 0) + (kind.us ? 1 : 0);
  return [...found.values()].sort((a, b) =>
    a.model === b.model ? rank(a) - rank(b) : a.model < b.model ? -1 : 1,
  );
}

export interface Names {
  readonly projects: string[];
  /** As reports have them. */
  readonly models: string[];
}

/** Every project and model, in order. */
export function namesIn(db: Database, pricing: Pricing): Names {
  const projects = db.query("select distinct project from sessions where project <> '' order by 1").values();
  const rollups = loadRollups(db, "true group by model, class");
  const models = new Set(rollups.map((rollup) => pricing.modelLabel(rollup)));
  return { projects: projects.flat() as string[], models: [...models].sort() };
}
