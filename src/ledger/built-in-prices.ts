/**
 * Prices that the published list lacks or has wrong, as Claude Code charges them.
 *
 * Measured in the client: one request of each kind of token for each model, and what it added to `total_cost_usd`.
 */

/** The client that was measured, and when. */
export const BUILT_IN_CLIENT = "2.1.331";
export const BUILT_IN_DATE = "2026-11-24";

export interface BuiltInPrice {
  /**
   * USD for a million tokens: input, output, cache read. A cache write costs 1.25 times the input for five minutes and
   * twice the input for one hour. Absent: the published price applies.
   */
  readonly usd?: readonly [input: number, output: number, cacheRead: number];
  /** Fast mode costs this multiple of the standard price. Absent: the model has no fast mode. */
  readonly fast?: number;
  /** Requests with more input than this cost a multiple. Absent: the client charges one price for all. */
  readonly long?: { readonly aboveTokens: number; readonly factor: number };
}

const MODELS: ReadonlyMap<string, BuiltInPrice> = new Map([
  ["claude-opus-4-6", { fast: 6 }],
  ["claude-opus-4-7", { fast: 6 }],
  ["claude-opus-4-8", { fast: 2 }],
  ["claude-opus-5", { fast: 2 }],
  ["claude-opus-5-5", { fast: 2 }],
  ["claude-haiku-5-5", { usd: [0.1, 0.5, 0.01], long: { aboveTokens: 100_000, factor: 5 } }],
  ["claude-sonnet-5-5", { usd: [2, 10, 0.1] }],
  ["claude-fable-5-2", { usd: [8, 40, 0.2], fast: 2 }],
  ["claude-mythos-5", { usd: [10, 50, 1] }],
  ["claude-mythos-5-1", { usd: [10, 50, 0.25] }],
  ["claude-mythos-5-2", { usd: [8, 40, 0.2], fast: 2 }],
] satisfies [string, BuiltInPrice][]);

/** @param id as {@link import("./model-names.ts").ModelName} has it */
export const builtInPrice = (id: string): BuiltInPrice | undefined => MODELS.get(id);

/** Requests with more input than this are long: some models had another price for them. */
const LONG_TOKENS = 200_000;

/** No model's limit is lower. */
export const LEAST_LONG_TOKENS = Math.min(
  LONG_TOKENS,
  ...[...MODELS.values()].map(({ long }: BuiltInPrice) => long?.aboveTokens ?? LONG_TOKENS),
);

/** Requests with more tokens of input are long. */
export const longTokens = (id: string): number => MODELS.get(id)?.long?.aboveTokens ?? LONG_TOKENS;
