/**
 * Prices learned from bills, for models with an estimated or missing published price.
 *
 * A bill by model has the tokens of each kind and their cost. One session gives a factor on the estimate; enough
 * sessions with different mixes give the rates, by least squares, if they explain every bill.
 */
import { mapTokens, TOKEN_KINDS } from "../claude/token-counts.ts";
import type { ModelBill } from "../claude/transcript.ts";
import { type LongSample, subtract } from "./premium-parts.ts";
import {
  costAt,
  type PriceClass,
  type PriceList,
  type Rates,
  STANDARD,
  scaled,
  UNPRICED,
  usualRates,
} from "./prices.ts";

/** Fitted rates explain a bill that they miss by at most this share. */
const TOLERANCE = 0.005;
/** The ratio of rates for an unknown model: that of most models. */
const USUAL: Rates = {
  ...usualRates(1, 5),
  webSearch: UNPRICED.webSearch,
  priced: "unpriced",
  source: "none",
};

/** What one session was billed for one model. */
export type PriceSample = ModelBill;

/** The samples of each model on bills. */
export function priceSamples(
  bills: readonly { readonly models: Readonly<Record<string, ModelBill>> }[],
): Map<string, PriceSample[]> {
  const samples = new Map<string, PriceSample[]>();
  for (const { models } of bills) {
    for (const [model, bill] of Object.entries(models)) {
      const list = samples.get(model);
      if (list) list.push(bill);
      else samples.set(model, [bill]);
    }
  }
  return samples;
}

/** Replaces the estimates of another price list by prices learned from bills. */
export class LearnedPrices implements PriceList {
  readonly #published: PriceList;
  readonly #samples: ReadonlyMap<string, readonly PriceSample[]>;
  readonly #cache = new Map<string, Rates>();
  readonly #loadLong: () => ReadonlyMap<string, readonly LongSample[]>;
  #long: ReadonlyMap<string, readonly LongSample[]> | undefined;

  /**
   * @param samples by model name on bills
   * @param loadLong samples of sessions with long requests, loaded when such a request has no exact price
   */
  constructor(
    published: PriceList,
    samples: ReadonlyMap<string, readonly PriceSample[]>,
    loadLong: () => ReadonlyMap<string, readonly LongSample[]> = () => new Map(),
  ) {
    this.#published = published;
    this.#samples = samples;
    this.#loadLong = loadLong;
  }

  rates(model: string, at: number, kind: PriceClass): Rates {
    const published = this.#published.rates(model, at, kind);
    const samples = this.#samples.get(model);
    // Bills do not separate fast messages: what they teach is the standard price.
    if (published.priced === "exact" || kind.fast || !samples) return published;
    if (kind.long) {
      const standard = this.#published.rates(model, at, { ...kind, long: false, partlyLong: false });
      if (standard.priced === "exact") return this.#longRates(model, at, kind, published);
    }
    let rates = this.#cache.get(model);
    if (!rates) {
      rates = learn(samples, published);
      this.#cache.set(model, rates);
    }
    return rates;
  }

  /** A long request of a model with an exact standard price and an estimated one for long requests. */
  #longRates(model: string, at: number, kind: PriceClass, published: Rates): Rates {
    this.#long ??= this.#loadLong();
    const list = { ...STANDARD, long: true };
    const charged = chargedForLong(
      this.#long.get(model) ?? [],
      this.#published.rates(model, at, STANDARD),
      this.#published.rates(model, at, list),
    );
    if (charged === undefined || kind.partlyLong) return published;
    const rates =
      charged === "standard" ? this.#published.rates(model, at, { ...kind, long: false }) : published;
    return { ...rates, priced: "exact", source: "bills", learned: true };
  }
}

/** Which of two prices long requests were charged. @returns undefined when it is neither, or bills differ */
function chargedForLong(
  samples: readonly LongSample[],
  standard: Rates,
  long: Rates,
): "standard" | "long" | undefined {
  const verdicts = new Set(
    samples.map(({ bill, long: tokens }) => {
      const atStandard = costAt(standard, bill);
      const atLong = costAt(standard, subtract(bill, tokens)) + costAt(long, tokens);
      const near = (usd: number) => Math.abs(usd - bill.costUsd) <= TOLERANCE * bill.costUsd;
      return near(atStandard) === near(atLong) ? undefined : near(atStandard) ? "standard" : "long";
    }),
  );
  const [verdict] = verdicts;
  return verdicts.size === 1 ? verdict : undefined;
}

/** @returns rates that explain the samples, or `estimate` when no sample has a cost */
export function learn(samples: readonly PriceSample[], estimate: Rates): Rates {
  const useful = samples.filter((sample) => sample.costUsd > 0);
  const shape = estimate.priced === "unpriced" ? USUAL : estimate;
  const guessed = useful.reduce((sum, sample) => sum + costAt({ ...shape, webSearch: 0 }, sample), 0);
  if (guessed <= 0) return estimate;
  const billed = useful.reduce((sum, sample) => sum + tokensUsd(sample), 0);
  return fit(useful) ?? { ...scaled(shape, billed / guessed), ...LEARNED };
}

const LEARNED = {
  webSearch: UNPRICED.webSearch,
  priced: "estimated",
  source: "bills",
  learned: true,
} as const;

const tokensUsd = (sample: PriceSample): number => sample.costUsd - sample.webSearches * UNPRICED.webSearch;

/** Least squares over relative errors. @returns undefined when the mixes do not determine the rates */
function fit(samples: readonly PriceSample[]): Rates | undefined {
  if (samples.length < TOKEN_KINDS.length) return undefined;
  // Each equation is divided by its bill, so that small sessions count as much as large ones.
  const rows = samples.map((sample) => TOKEN_KINDS.map((kind) => sample[kind] / 1e6 / tokensUsd(sample)));
  const scale = TOKEN_KINDS.map((_, column) => Math.max(...rows.map((row) => row[column] ?? 0)));
  if (scale.some((each) => each === 0)) return undefined;
  const cell = (row: readonly number[], column: number) => (row[column] ?? 0) / (scale[column] ?? 1);
  const matrix = TOKEN_KINDS.map((_, i) => [
    ...TOKEN_KINDS.map((_, j) => rows.reduce((sum, row) => sum + cell(row, i) * cell(row, j), 0)),
    rows.reduce((sum, row) => sum + cell(row, i), 0),
  ]);
  const solution = solve(matrix);
  if (!solution) return undefined;
  const rateOf = (index: number) => (solution[index] ?? Number.NaN) / (scale[index] ?? 1);
  const rates: Rates = { ...mapTokens((kind) => rateOf(TOKEN_KINDS.indexOf(kind))), ...LEARNED };
  const explains = samples.every(
    (sample) => Math.abs(costAt(rates, sample) - sample.costUsd) <= TOLERANCE * sample.costUsd,
  );
  return explains && TOKEN_KINDS.every((kind) => rates[kind] >= 0) ? rates : undefined;
}

/** Gaussian elimination with pivoting. @returns undefined for a nearly singular system */
function solve(matrix: number[][]): number[] | undefined {
  const size = matrix.length;
  const at = (row: number, column: number): number => matrix[row]?.[column] ?? 0;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++)
      if (Math.abs(at(row, column)) > Math.abs(at(pivot, column))) pivot = row;
    if (Math.abs(at(pivot, column)) < 1e-9) return undefined;
    [matrix[column], matrix[pivot]] = [matrix[pivot] as number[], matrix[column] as number[]];
    for (let row = 0; row < size; row++) {
      if (row === column) continue;
      const factor = at(row, column) / at(column, column);
      matrix[row] = (matrix[row] as number[]).map((value, index) => value - factor * at(column, index));
    }
  }
  return matrix.map((row, index) => (row[size] ?? 0) / at(index, index));
}
