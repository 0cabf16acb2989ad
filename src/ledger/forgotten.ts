/**
 * Messages that a killed client billed and the next one has forgotten: it went on from the last bill in the transcript.
 * Payloads tell what the killed run had cost (bills.ts). Without them the tokens do: the bill by model has fewer tokens
 * than the messages that it covers, which no price explains.
 */
import type { TokenCounts } from "../claude/transcript.ts";
import type { Pricing, Rollup } from "./sums.ts";

/** Kinds of tokens, as a rollup and as a bill have them. */
const KINDS = [
  ["input", "input"],
  ["output", "output"],
  ["read", "cacheRead"],
  ["write5m", "cacheWrite5m"],
  ["write1h", "cacheWrite1h"],
] as const;

const NONE = { input: 0, output: 0, read: 0, write5m: 0, write1h: 0, searches: 0, cost: 0 };

/**
 * What the tokens cost that messages have and their bill has not.
 * @param billed the tokens on the bill
 * @param rollups the messages that the bill covers
 * @returns USD
 */
export function forgottenUsd(billed: TokenCounts, rollups: readonly Rollup[], pricing: Pricing): number {
  let usd = 0;
  for (const [kind, name] of KINDS) {
    const used = rollups.reduce((sum, rollup) => sum + rollup[kind], 0);
    const extra = used - billed[name];
    if (extra <= 0) continue;
    const cost = rollups.reduce(
      (sum, rollup) => sum + pricing.cost({ ...rollup, ...NONE, [kind]: rollup[kind] }).usd,
      0,
    );
    usd += (cost * extra) / used;
  }
  return usd;
}
