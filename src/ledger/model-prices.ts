/** The prices of the models in the ledger, with their origin. */
import type { Database } from "bun:sqlite";
import { BUILT_IN_CLIENT, BUILT_IN_DATE } from "./built-in-prices.ts";
import type { PriceClass, Rates } from "./prices.ts";
import { LIST_NAME, LIST_VERSION } from "./published-list.ts";
import { CLASS, FLAG } from "./schema.ts";
import { loadRollups, type Pricing, priceClass } from "./sums.ts";

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
