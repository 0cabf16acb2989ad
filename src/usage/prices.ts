/** `usage prices`: what each model costs, and the source of that price. */
import { type ModelPrice, priceOrigin, type Rates } from "../ledger/index.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { shortModel } from "./format.ts";
import { type Column, jsonObject, writeListing } from "./listing.ts";
import type { Query } from "./query.ts";
import type { ReportContext } from "./report-context.ts";

/** The rates of a model's label at a time (Unix milliseconds). */
export type RatesOf = (label: string, at: number) => Rates;

/** @throws LedgerError */
export function labelRates(ledger: Ledger): RatesOf {
  const pricing = ledger.pricing();
  return (label, at) => pricing.ratesOfLabel(label, at);
}

interface RateColumn {
  readonly kind: "input" | "output" | "cacheRead" | "cacheWrite5m" | "cacheWrite1h" | "webSearch";
  /** In a sentence. */
  readonly label?: string;
  /** In the table. */
  readonly title?: string;
  readonly drop?: number;
}

const RATES: readonly RateColumn[] = [
  { kind: "input", label: "input", title: "Input" },
  { kind: "output", label: "output", title: "Output" },
  { kind: "cacheRead", label: "cache read", title: "Cache read", drop: 2 },
  { kind: "cacheWrite5m", label: "write 5m", title: "Write 5m", drop: 3 },
  { kind: "cacheWrite1h", label: "1h", title: "Write 1h", drop: 3 },
  { kind: "webSearch" },
];

/** A price in as few digits as possible: `$0.50`, `$3`. */
function usd(rate: number): string {
  const text = String(Number(rate.toPrecision(6)));
  return `$${/\.\d$/.test(text) ? `${text}0` : text}`;
}

/** Rounds off the error of products: 0.1 times 1.1 is 0.11. */
const exact = (rate: number): number => Number(rate.toPrecision(12));

/** One line: `input $5, output $25, cache read $0.50, write 5m $6.25, 1h $10 (genai-prices 0.1.8)`. */
export function priceLine(rates: Rates): string {
  if (rates.source === "none") return "no price known; set one in the configuration";
  const parts = RATES.flatMap(({ kind, label }) => (label ? [`${label} ${usd(rates[kind])}`] : []));
  return `${parts.join(", ")} (${priceOrigin(rates)})`;
}

/** A model's price as JSON: USD per million tokens and per web search; null if no price is known. */
export const priceJson = (rates: Rates) => ({
  priceSource: rates.source === "none" ? null : rates.source,
  rates:
    rates.source === "none" ? null : Object.fromEntries(RATES.map(({ kind }) => [kind, exact(rates[kind])])),
});

const COLUMNS: readonly Column<ModelPrice>[] = [
  {
    name: "modelName",
    csv: 1,
    value: ({ model }) => model,
    table: {
      title: "Model",
      cut: "end",
      text: (price) => [shortModel(price.model), ...conditions(price)].join(" "),
    },
  },
  { name: "conditions", csv: 2, value: conditions },
  { name: "priced", csv: 3, value: ({ rates }) => rates.priced },
  { name: "priceSource", csv: 4, value: ({ rates }) => priceJson(rates).priceSource },
  { name: "rates", value: ({ rates }) => priceJson(rates).rates },
  ...RATES.map(rateColumn),
  {
    name: "origin",
    csv: 20,
    value: ({ rates }) => priceOrigin(rates),
    table: { title: "From", drop: 1, cut: "end", text: ({ rates }) => priceOrigin(rates) },
  },
];

function rateColumn({ kind, title, drop }: RateColumn, index: number): Column<ModelPrice> {
  const text = ({ rates }: ModelPrice) =>
    rates.source === "none" ? "$?" : `${rates.priced === "estimated" ? "~" : ""}${usd(rates[kind])}`;
  return {
    name: kind,
    json: null,
    csv: 10 + index,
    value: ({ rates }) => priceJson(rates).rates?.[kind] ?? null,
    ...(title === undefined ? {} : { table: { title, align: "right", text, ...(drop && { drop }) } }),
  };
}

/** What a message must be for a price to apply. */
function conditions({ kind }: ModelPrice): string[] {
  return [
    ...(kind.fast ? ["fast"] : []),
    ...(kind.long ? [kind.partlyLong ? "partly long" : "long"] : []),
    ...(kind.us ? ["us"] : []),
  ];
}

/** @returns lines of text @throws LedgerError */
export function prices(
  { model, output }: Pick<Query, "model" | "output">,
  { ledger, now, style }: ReportContext,
): string[] {
  const names = [model, model?.replace(/-fast$/, "")];
  const found = ledger.modelPrices(now).filter((each) => model === undefined || names.includes(each.model));
  const listing = {
    columns: COLUMNS,
    json: () => ({ prices: found.map((each) => jsonObject(COLUMNS, each)) }),
    csvLines: found,
    tableLines: found,
    notes: () => [
      [
        { text: "USD per million tokens; a web search costs $0.01." },
        { mark: "estimated" as const, text: "~ an estimate" },
        { mark: "unpriced" as const, text: "? no price is known; set one in the configuration" },
      ],
    ],
    empty: "No messages yet.",
  };
  return writeListing(listing, output, style);
}
