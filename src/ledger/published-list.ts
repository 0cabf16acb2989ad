/**
 * The published price list: `@pydantic/genai-prices`.
 *
 * The library matches names by prefix, so `claude-sonnet-5-6` matches `claude-sonnet-5`. A price is exact only if the name
 * is the same.
 */

import type { TokenCounts } from "../claude/token-counts.ts";

export const LIST_NAME = "genai-prices";
/** As in package.json. */
export const LIST_VERSION = "0.1.8";

/** A price at a time. USD for a million tokens. */
export interface ListedPrice extends TokenCounts {
  /** The name is the same, not only a prefix. */
  readonly exact: boolean;
  /** The model has another price for long requests. */
  readonly tiered: boolean;
  /** The price depends on the time. */
  readonly changes: boolean;
}

let library: typeof import("@pydantic/genai-prices") | undefined;

/**
 * @param id as {@link import("./model-names.ts").ModelName} has it
 * @param at Unix milliseconds
 * @param long for a request with more than 200,000 tokens of input
 * @returns undefined for an unknown model
 */
export function listedPrice(id: string, at: number, long: boolean): ListedPrice | undefined {
  // Loaded with the first price: it is half a megabyte.
  library ??= require("@pydantic/genai-prices") as typeof import("@pydantic/genai-prices");
  const found = library.calcPrice({ input_tokens: 0 }, id, {
    providerId: "anthropic",
    timestamp: new Date(at),
  });
  if (!found) return undefined;
  const price = (name: string): number | undefined => rateOf(found.model_price[name], long);
  const input = price("input_mtok") ?? 0;
  const write = price("cache_write_mtok");
  return {
    input,
    output: price("output_mtok") ?? 0,
    cacheRead: price("cache_read_mtok") ?? input,
    cacheWrite5m: write ?? input,
    cacheWrite1h: price("cache_write_1h_mtok") ?? write ?? input,
    exact: versionName(found.model.id) === versionName(id),
    tiered: typeof found.model_price.input_mtok === "object",
    changes: Array.isArray(found.model.prices),
  };
}

/** A rate is a number, or one with tiers; the whole request is charged at the tier that its input reaches. */
function rateOf(price: unknown, long: boolean): number | undefined {
  if (typeof price === "number") return price;
  const tiered = price as { base: number; tiers: { start: number; price: number }[] } | undefined;
  if (tiered === undefined) return undefined;
  return (long ? tiered.tiers[0]?.price : undefined) ?? tiered.base;
}

/** The library names some models by an alias: `claude-opus-4-0` is `claude-opus-4`, `-latest` is the dated one. */
const versionName = (name: string): string => name.replace(/-latest$/, "").replace(/(-\d+)-0$/, "$1");
