/** `usage prices`: what each model costs, and where that price comes from. */

import { csvLine } from "../cli/csv.ts";
import { toJson } from "../cli/json.ts";
import { type Ledger, type ModelPrice, priceOrigin, type Rates } from "../ledger/index.ts";
import { shortModel } from "./format.ts";
import { priceJson } from "./json.ts";
import type { Query } from "./query.ts";
import { type Column, drawTable } from "./table.ts";
import type { Look } from "./tables.ts";

/** The rates of a model, as reports name it, at a time. @param at Unix milliseconds */
export type RatesOf = (label: string, at: number) => Rates;

/** The rates of models as reports name them. */
export function labelRates(ledger: Ledger): RatesOf {
  const pricing = ledger.read((source) => source.pricing());
  return (label, at) => pricing.ratesOfLabel(label, at);
}

/** USD for a million tokens: as few digits as tell the price. */
const usd = (rate: number): string => {
  const text = String(Number(rate.toPrecision(6)));
  return `$${/\.\d$/.test(text) ? `${text}0` : text}`;
};

/** One line: `input $5, output $25, cache read $0.50, write 5m $6.25, 1h $10 (genai-prices 0.1.8)`. */
export function priceLine(rates: Rates): string {
  if (rates.source === "none") return "no price known; set one in the configuration";
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } = rates;
  return `input ${usd(input)}, output ${usd(output)}, cache read ${usd(cacheRead)}, write 5m ${usd(cacheWrite5m)}, 1h ${usd(cacheWrite1h)} (${priceOrigin(rates)})`;
}

/** What a message has to be for a price to apply. */
function conditions({ kind }: ModelPrice): string[] {
  return [
    ...(kind.fast ? ["fast"] : []),
    ...(kind.long ? [kind.partlyLong ? "partly long" : "long"] : []),
    ...(kind.us ? ["us"] : []),
  ];
}

/** @returns the listing, ready to print */
export function prices(
  ledger: Ledger,
  { output, model }: Pick<Query, "output" | "model">,
  now: number,
  look: () => Look,
): string {
  const plain = model?.replace(/-fast$/, "");
  const found = ledger
    .modelPrices(now)
    .filter((each) => model === undefined || each.model === model || each.model === plain);
  if (output === "json") return toJson({ prices: found.map(priceRow) }, 2);
  if (output === "csv") return csv(found).join("\n");
  return found.length > 0 ? table(found, look()).join("\n") : "No messages yet: no model has a price here.";
}

const priceRow = (each: ModelPrice) => ({
  modelName: each.model,
  conditions: conditions(each),
  priced: each.rates.priced,
  ...priceJson(each.rates),
  origin: priceOrigin(each.rates),
});

function csv(found: readonly ModelPrice[]): string[] {
  const kinds = ["input", "output", "cacheRead", "cacheWrite5m", "cacheWrite1h", "webSearch"] as const;
  return [
    csvLine(["modelName", "conditions", "priced", "priceSource", ...kinds, "origin"]),
    ...found.map((each) => {
      const { priceSource, rates } = priceJson(each.rates);
      const numbers = kinds.map((kind) => rates?.[kind] ?? null);
      const { priced } = each.rates;
      return csvLine([
        each.model,
        conditions(each).join(" "),
        priced,
        priceSource,
        ...numbers,
        priceOrigin(each.rates),
      ]);
    }),
  ];
}

const COLUMNS: readonly Column[] = [
  { title: "Model", align: "left", cut: true },
  { title: "Input", align: "right" },
  { title: "Output", align: "right" },
  { title: "Cache read", align: "right", drop: 2 },
  { title: "Write 5m", align: "right", drop: 3 },
  { title: "Write 1h", align: "right", drop: 3 },
  { title: "From", align: "left", drop: 1, cut: true },
];

function table(found: readonly ModelPrice[], { room, paint }: Look): string[] {
  const rows = found.map((each) => {
    const { rates } = each;
    const mark = rates.priced === "estimated" ? "~" : "";
    const numbers = [rates.input, rates.output, rates.cacheRead, rates.cacheWrite5m, rates.cacheWrite1h];
    return {
      cells: [
        [shortModel(each.model), ...conditions(each)].join(" "),
        ...numbers.map((rate) => (rates.source === "none" ? "$?" : `${mark}${usd(rate)}`)),
        priceOrigin(rates),
      ],
    };
  });
  const notes = ["USD per million tokens; a web search costs $0.01. ~ marks an estimate."];
  return [...drawTable(COLUMNS, rows, room, paint), "", ...notes.map((line) => paint.dim(line))];
}
