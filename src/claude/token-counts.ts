/**
 * Counts of tokens by kind. This is the only list of kinds: a new one also needs its field in a transcript
 * (transcript.ts), its column in the ledger (ledger/counts.ts) and its price (ledger/prices.ts).
 */

/** A number for each kind of token: a count, or a price for a million of them. */
export interface TokenCounts {
  /** Neither read from nor written to the cache. */
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  /** Written to the cache for five minutes. */
  readonly cacheWrite5m: number;
  /** Written to the cache for one hour. */
  readonly cacheWrite1h: number;
}

export type TokenKind = keyof TokenCounts;

/** A literal, not a loop: first indexes of long histories make hundreds of thousands of these. */
export const mapTokens = <Value>(of: (kind: TokenKind) => Value): Readonly<Record<TokenKind, Value>> => ({
  input: of("input"),
  output: of("output"),
  cacheRead: of("cacheRead"),
  cacheWrite5m: of("cacheWrite5m"),
  cacheWrite1h: of("cacheWrite1h"),
});

export const NO_TOKENS: TokenCounts = mapTokens(() => 0);

export const TOKEN_KINDS = Object.keys(NO_TOKENS) as readonly TokenKind[];

/** Counts that can be added to. */
export type MutableTokens = Record<TokenKind, number>;

export function addTokens(sum: MutableTokens, counts: TokenCounts): void {
  for (const kind of TOKEN_KINDS) sum[kind] += counts[kind];
}

/** All tokens, whatever their kind. */
export const totalTokens = (counts: TokenCounts): number => {
  let total = 0;
  for (const kind of TOKEN_KINDS) total += counts[kind];
  return total;
};

/** Everything that was sent, cached or not. */
export const inputTokens = (counts: TokenCounts): number => totalTokens(counts) - counts.output;

/** Everything about a message that has a price. */
export interface UsageCounts extends TokenCounts {
  readonly webSearches: number;
}

export type UsageKind = keyof UsageCounts;

/** @see mapTokens */
export const mapUsage = (count: (kind: UsageKind) => number): UsageCounts => ({
  ...mapTokens(count),
  webSearches: count("webSearches"),
});

export const NO_USAGE: UsageCounts = mapUsage(() => 0);

export const USAGE_KINDS = Object.keys(NO_USAGE) as readonly UsageKind[];

/** Counts that can be added to. */
export type MutableUsage = Record<UsageKind, number>;

export function addUsage(sum: MutableUsage, counts: UsageCounts): void {
  addTokens(sum, counts);
  sum.webSearches += counts.webSearches;
}
