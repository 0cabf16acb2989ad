/**
 * Prices of models: from the user's configuration, our own table, or the published list. Those learned from bills:
 * learned-prices.ts.
 *
 * A price is exact when the client is known to charge it, else an estimate. A model without a price is unpriced, which is
 * not the same as free.
 */
import {
  mapTokens,
  NO_TOKENS,
  TOKEN_KINDS,
  type TokenCounts,
  type UsageCounts,
} from "../claude/token-counts.ts";
import type { Priced } from "../state/spend.ts";
import { COMMIT, VERSION } from "../version.ts";
import { type BuiltInPrice, builtInPrice } from "./built-in-prices.ts";
import { type ModelName, modelName, plainName } from "./model-names.ts";
import { listedPrice } from "./published-list.ts";

/** Where a price comes from. */
type PriceSource = "config" | "built-in" | "list" | "bills" | "none";

/** USD for a million tokens of each kind, and for one web search. */
export interface Rates extends TokenCounts {
  readonly webSearch: number;
  readonly priced: Priced;
  readonly source: PriceSource;
  /** Taken from the client's bills. */
  readonly learned?: true;
}

/** A price of the configuration: USD for a million tokens. */
export type UserPrice = Pick<TokenCounts, "input" | "output"> & Partial<TokenCounts>;

/** What decides a price, besides model and time. */
export interface PriceClass {
  readonly fast: boolean;
  /** With more input than the standard price covers. */
  readonly long: boolean;
  /** Only some of the requests behind the message were long. */
  readonly partlyLong?: boolean;
  /** Inference in the United States only. */
  readonly us?: boolean;
}

export const STANDARD: PriceClass = { fast: false, long: false };

const WEB_SEARCH_USD = 0.01;
const DAY_MS = 86_400_000;

/** `inference_geo: "us"` costs this many times the price of tokens, for every model (Claude Code 2.1.331). */
const US_FACTOR = 1.1;

/**
 * Models with one price in all regions of Bedrock. For later ones a regional inference profile costs 10 % more than a
 * global one, while the client charges one price for both.
 */
const ONE_PRICE_EVERYWHERE = /^claude-(?:\d|(?:opus|sonnet)-4(?:-[0-4])?$)/;

export const UNPRICED: Rates = {
  ...NO_TOKENS,
  webSearch: WEB_SEARCH_USD,
  priced: "unpriced",
  source: "none",
};

/** A price list: the rates of a model at a time. */
export interface PriceList {
  rates(model: string, at: number, kind: PriceClass): Rates;
}

/** Caches published rates between runs: loading the library takes longer than most reports. */
export interface RateStore {
  load(): KeptRates | undefined;
  save(kept: KeptRates): void;
}

export interface KeptRates {
  /** The build that looked them up: others may have another library or other rules. */
  readonly build: string;
  readonly rates: Record<string, Rates>;
}

const BUILD = `${VERSION} ${COMMIT}`;

/** Published prices, overridden by the user's own. */
export class PublishedPrices implements PriceList {
  readonly #own: ReadonlyMap<string, UserPrice>;
  readonly #cache = new Map<string, Rates>();
  readonly #store: RateStore | undefined;
  #kept: Record<string, Rates> | undefined;
  #changed = false;

  constructor(own: Readonly<Record<string, UserPrice>> = {}, store?: RateStore) {
    this.#own = new Map(Object.entries(own).map(([model, price]) => [plainName(model), price]));
    this.#store = store;
  }

  /** Cache the rates that this run looked up. */
  save(): void {
    if (!this.#changed) return;
    this.#store?.save({ build: BUILD, rates: this.#kept ?? {} });
    this.#changed = false;
  }

  rates(model: string, at: number, kind: PriceClass): Rates {
    const key = `${model} ${Math.floor(at / DAY_MS)} ${classKey(kind)}`;
    let rates = this.#cache.get(key);
    if (!rates) {
      rates = this.#find(model, at, kind);
      this.#cache.set(key, rates);
    }
    return rates;
  }

  #find(model: string, at: number, kind: PriceClass): Rates {
    const name = modelName(model);
    // The exact spelling wins over the model's usual name, which other spellings share.
    const own = this.#own.get(plainName(model)) ?? (name.exact ? this.#own.get(name.id) : undefined);
    if (own) return finish(fromUser(own), name, kind);
    if (this.#kept === undefined) {
      const kept = this.#store?.load();
      this.#kept = kept?.build === BUILD ? kept.rates : {};
    }
    const always = `${plainName(model)} ${classKey(kind)}`;
    const dated = `${always} ${Math.floor(at / DAY_MS)}`;
    const kept = this.#kept[always] ?? this.#kept[dated];
    if (kept) return kept;
    const { base, changes } = lookUp(name, at, kind);
    const rates = base ? finish(base, name, kind) : UNPRICED;
    this.#kept[changes ? dated : always] = rates;
    this.#changed = true;
    return rates;
  }
}

const classKey = ({ fast, long, partlyLong, us }: PriceClass): string =>
  `${fast ? "fast" : ""} ${long ? "long" : ""}${partlyLong ? "-part" : ""}${us ? " us" : ""}`;

/** @returns the rates of standard mode, and whether they depend on the time */
function lookUp(name: ModelName, at: number, { long }: PriceClass): { base?: Rates; changes: boolean } {
  const builtIn = builtInPrice(name.id);
  if (builtIn?.usd) return { base: fromTable(builtIn.usd, long ? builtIn.long : undefined), changes: false };
  const listed = listedPrice(name.id, at, long);
  if (!listed) return { changes: false };
  const { exact, tiered, changes, ...rates } = listed;
  // For long requests the list has another price, while the client charges the standard one.
  const priced = exact && !(long && tiered) ? "exact" : "estimated";
  return { base: { ...rates, webSearch: WEB_SEARCH_USD, priced, source: "list" }, changes };
}

/** What the other kinds cost most models with these rates for input and output. */
export const usualRates = (input: number, output: number): TokenCounts => ({
  input,
  output,
  cacheRead: input * 0.1,
  cacheWrite5m: input * 1.25,
  cacheWrite1h: input * 2,
});

function fromTable(
  [input, output, cacheRead]: NonNullable<BuiltInPrice["usd"]>,
  long: BuiltInPrice["long"],
): Rates {
  const rates: Rates = {
    ...usualRates(input, output),
    cacheRead,
    webSearch: WEB_SEARCH_USD,
    priced: "exact",
    source: "built-in",
  };
  return long ? scaled(rates, long.factor) : rates;
}

const fromUser = (price: UserPrice): Rates => ({
  ...usualRates(price.input, price.output),
  ...price,
  webSearch: WEB_SEARCH_USD,
  priced: "exact",
  source: "config",
});

/** Apply the class to the standard price, and mark estimates. */
function finish(base: Rates, name: ModelName, { fast, long, partlyLong, us }: PriceClass): Rates {
  const builtIn = builtInPrice(name.id);
  const fastFactor = fast ? builtIn?.fast : 1;
  const ownPrice = base.source === "config";
  const uncertain =
    fastFactor === undefined ||
    (!ownPrice && (!name.exact || (name.regional && !ONE_PRICE_EVERYWHERE.test(name.id)))) ||
    // It is unknown which part was charged at which rate.
    (!ownPrice && long && partlyLong === true && builtIn?.long !== undefined);
  const rates = scaled(base, (fastFactor ?? 1) * (us ? US_FACTOR : 1));
  return uncertain ? { ...rates, priced: "estimated" } : rates;
}

/** Multiply rates, except that of web searches, which is the same in every class. */
export function scaled(rates: Rates, factor: number): Rates {
  if (factor === 1) return rates;
  return { ...rates, ...mapTokens((kind) => rates[kind] * factor) };
}

/** The cost at the rates. USD. */
export function costAt(rates: Rates, counts: UsageCounts): number {
  let tokens = 0;
  for (const kind of TOKEN_KINDS) tokens += counts[kind] * rates[kind];
  return tokens / 1e6 + counts.webSearches * rates.webSearch;
}

/** The worse of two. */
export const worse = (a: Priced, b: Priced): Priced =>
  a === "unpriced" || b === "unpriced"
    ? "unpriced"
    : a === "estimated" || b === "estimated"
      ? "estimated"
      : "exact";
