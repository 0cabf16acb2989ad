/**
 * Counts of tokens by kind. This file has the only list of kinds: a new one also needs its field in a transcript
 * (transcript.ts), its column in the ledger (ledger/counts.ts) and its price (ledger/prices.ts).
 *
 * The functions spell the kinds out instead of looping over them: a first index of a long history calls them hundreds of
 * thousands of times, and loops with computed keys made its writing take half as long again.
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

/** A value for each kind. */
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
  sum.input += counts.input;
  sum.output += counts.output;
  sum.cacheRead += counts.cacheRead;
  sum.cacheWrite5m += counts.cacheWrite5m;
  sum.cacheWrite1h += counts.cacheWrite1h;
}

/** Whether all counts are the same. */
export const sameTokens = (a: TokenCounts, b: TokenCounts): boolean =>
  a.input === b.input &&
  a.output === b.output &&
  a.cacheRead === b.cacheRead &&
  a.cacheWrite5m === b.cacheWrite5m &&
  a.cacheWrite1h === b.cacheWrite1h;

/** All tokens, whatever their kind. */
export const totalTokens = (counts: TokenCounts): number => inputTokens(counts) + counts.output;

/** Everything that was sent, cached or not. */
export const inputTokens = (counts: TokenCounts): number =>
  counts.input + counts.cacheRead + counts.cacheWrite5m + counts.cacheWrite1h;

/** Everything about a message that has a price. */
export interface UsageCounts extends TokenCounts {
  readonly webSearches: number;
}

export type UsageKind = keyof UsageCounts;

/** @see mapTokens */
export const mapUsage = (of: (kind: UsageKind) => number): UsageCounts => ({
  input: of("input"),
  output: of("output"),
  cacheRead: of("cacheRead"),
  cacheWrite5m: of("cacheWrite5m"),
  cacheWrite1h: of("cacheWrite1h"),
  webSearches: of("webSearches"),
});

/** Only the counts of a larger object. */
export const usageOf = (counts: UsageCounts): UsageCounts => ({
  input: counts.input,
  output: counts.output,
  cacheRead: counts.cacheRead,
  cacheWrite5m: counts.cacheWrite5m,
  cacheWrite1h: counts.cacheWrite1h,
  webSearches: counts.webSearches,
});

export const NO_USAGE: UsageCounts = mapUsage(() => 0);

export const USAGE_KINDS = Object.keys(NO_USAGE) as readonly UsageKind[];

/** Counts that can be added to. */
export type MutableUsage = Record<UsageKind, number>;

export function addUsage(sum: MutableUsage, counts: UsageCounts): void {
  addTokens(sum, counts);
  sum.webSearches += counts.webSearches;
}
