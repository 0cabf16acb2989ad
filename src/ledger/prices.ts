/**
 * What a model's tokens cost: from the user's configuration, from `@pydantic/genai-prices`, or learned from bills.
 *
 * The library matches names by prefix, and a newer model's name begins like an older one's: `claude-sonnet-5-5` matches
 * `claude-sonnet-5`. So a price is exact only if the model it is of has the very name, less a date or `[1m]`;
 * otherwise it is an estimate, and without any match the model is unpriced, which is not the same as free.
 */
import type { Priced } from "../state/schema.ts";

/** USD for a million tokens of each kind, and for one web search. */
export interface Rates {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly webSearch: number;
  readonly priced: Priced;
  /** Taken from the client's bills. */
  readonly learned?: true;
}

/** A price that the user set: USD for a million tokens. */
export interface UserPrice {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number;
  readonly cacheWrite5m?: number;
  readonly cacheWrite1h?: number;
}

/** What decides a price beside the model and the time. */
export interface PriceClass {
  readonly fast: boolean;
  /** More than 200,000 tokens of input. */
  readonly long: boolean;
}

const WEB_SEARCH_USD = 0.01;
const DAY_MS = 86_400_000;

/** How many times the standard price fast mode costs (platform.claude.com, "Fast mode", November 2026). */
const FAST_FACTOR: Readonly<Record<string, number>> = {
  "claude-opus-4-6": 6,
  "claude-opus-4-7": 6,
  "claude-opus-4-8": 2,
  "claude-opus-5": 2,
  "claude-opus-5-5": 2,
};

export const UNPRICED: Rates = {
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  webSearch: WEB_SEARCH_USD,
  priced: "unpriced",
};

/** A price list: the rates of a model at a time. */
export interface PriceList {
  rates(model: string, at: number, kind: PriceClass): Rates;
}

/** Where published rates are kept between runs: loading the library takes longer than most reports. */
export interface RateStore {
  /** The library's version that the rates are of, and the rates by key. */
  load(): { library: string; rates: Record<string, Rates> } | undefined;
  save(kept: { library: string; rates: Record<string, Rates> }): void;
}

/** The library's version, as package.json has it: kept rates of another one are worthless. */
export const PRICE_LIBRARY = "0.1.8";

/** The published prices, with the user's own before them. */
export class PublishedPrices implements PriceList {
  readonly #own: ReadonlyMap<string, UserPrice>;
  readonly #cache = new Map<string, Rates>();
  readonly #store: RateStore | undefined;
  #kept: Record<string, Rates> | undefined;
  #changed = false;
  #library: typeof import("@pydantic/genai-prices") | undefined;

  constructor(own: Readonly<Record<string, UserPrice>> = {}, store?: RateStore) {
    this.#own = new Map(Object.entries(own).map(([model, price]) => [plainName(model), price]));
    this.#store = store;
  }

  /** Keep the rates that this run had to look up. */
  save(): void {
    if (!this.#changed) return;
    this.#store?.save({ library: PRICE_LIBRARY, rates: this.#kept ?? {} });
    this.#changed = false;
  }

  rates(model: string, at: number, kind: PriceClass): Rates {
    const key = `${model} ${Math.floor(at / DAY_MS)} ${kind.fast ? "fast" : ""} ${kind.long ? "long" : ""}`;
    let rates = this.#cache.get(key);
    if (!rates) {
      rates = this.#find(plainName(model), at, kind);
      this.#cache.set(key, rates);
    }
    return rates;
  }

  #find(model: string, at: number, kind: PriceClass): Rates {
    const own = this.#own.get(model);
    if (own) return fromUser(own, model, kind);
    if (this.#kept === undefined) {
      const kept = this.#store?.load();
      this.#kept = kept?.library === PRICE_LIBRARY ? kept.rates : {};
    }
    const always = `${model} ${kind.fast ? "fast" : ""} ${kind.long ? "long" : ""}`;
    const dated = `${always} ${Math.floor(at / DAY_MS)}`;
    const kept = this.#kept[always] ?? this.#kept[dated];
    if (kept) return kept;
    const { rates, changes } = this.#lookUp(model, at, kind);
    this.#kept[changes ? dated : always] = rates;
    this.#changed = true;
    return rates;
  }

  /** @returns the rates, and whether they are others at other times */
  #lookUp(model: string, at: number, kind: PriceClass): { rates: Rates; changes: boolean } {
    // Loaded when the first price is asked for: it is half a megabyte.
    this.#library ??= require("@pydantic/genai-prices") as typeof import("@pydantic/genai-prices");
    const found = this.#library.calcPrice({ input_tokens: 0 }, model, {
      providerId: "anthropic",
      timestamp: new Date(at),
    });
    if (!found) return { rates: UNPRICED, changes: false };
    const rate = (name: string): number | undefined => rateOf(found.model_price[name], kind.long);
    const input = rate("input_mtok") ?? 0;
    const fast = fastFactor(model, kind);
    const scale = fast.factor;
    const read = rate("cache_read_mtok");
    const write = rate("cache_write_mtok");
    const rates: Rates = {
      input: input * scale,
      output: (rate("output_mtok") ?? 0) * scale,
      cacheRead: (read ?? input) * scale,
      cacheWrite5m: (write ?? input) * scale,
      cacheWrite1h: (rate("cache_write_1h_mtok") ?? write ?? input) * scale,
      webSearch: WEB_SEARCH_USD,
      priced: fast.known && versionName(found.model.id) === versionName(model) ? "exact" : "estimated",
    };
    return { rates, changes: Array.isArray(found.model.prices) };
  }
}

function fromUser(price: UserPrice, model: string, kind: PriceClass): Rates {
  const { factor: scale, known } = fastFactor(model, kind);
  return {
    input: price.input * scale,
    output: price.output * scale,
    cacheRead: (price.cacheRead ?? price.input * 0.1) * scale,
    cacheWrite5m: (price.cacheWrite5m ?? price.input * 1.25) * scale,
    cacheWrite1h: (price.cacheWrite1h ?? price.input * 2) * scale,
    webSearch: WEB_SEARCH_USD,
    priced: known ? "exact" : "estimated",
  };
}

function fastFactor(model: string, { fast }: PriceClass): { factor: number; known: boolean } {
  if (!fast) return { factor: 1, known: true };
  const factor = FAST_FACTOR[model];
  return { factor: factor ?? 1, known: factor !== undefined };
}

/** A rate is a number, or one with tiers; the whole request is charged at the tier that its input reaches. */
function rateOf(price: unknown, long: boolean): number | undefined {
  if (typeof price === "number") return price;
  const tiered = price as { base: number; tiers: { start: number; price: number }[] } | undefined;
  if (tiered === undefined) return undefined;
  return (long ? tiered.tiers[0]?.price : undefined) ?? tiered.base;
}

/** A model's name without the mark of its window or the date of its release. */
export const plainName = (model: string): string => model.replace(/\[1m\]$/, "").replace(/-\d{8}$/, "");

/** The library names some models by an alias: `claude-opus-4-0` is `claude-opus-4`, `-latest` is the dated one. */
const versionName = (name: string): string => name.replace(/-latest$/, "").replace(/(-\d+)-0$/, "$1");

/** Tokens of each kind, and web searches. */
export type Priceable = Record<
  "input" | "output" | "cacheRead" | "cacheWrite5m" | "cacheWrite1h" | "webSearches",
  number
>;

/** What the tokens cost at the rates. USD. */
export const costAt = (rates: Rates, tokens: Readonly<Priceable>): number =>
  (tokens.input * rates.input +
    tokens.output * rates.output +
    tokens.cacheRead * rates.cacheRead +
    tokens.cacheWrite5m * rates.cacheWrite5m +
    tokens.cacheWrite1h * rates.cacheWrite1h) /
    1e6 +
  tokens.webSearches * rates.webSearch;

/** The worse of two. */
export const worse = (a: Priced, b: Priced): Priced =>
  a === "unpriced" || b === "unpriced"
    ? "unpriced"
    : a === "estimated" || b === "estimated"
      ? "estimated"
      : "exact";
