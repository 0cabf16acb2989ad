/**
 * Messages that a killed client billed and the next one has forgotten: it went on from the last bill in the transcript.
 * Payloads tell what the killed run had cost (bills.ts). Without them the tokens do: the bill by model has fewer tokens
 * than the messages that it covers, which no price explains.
 */
import { NO_TOKENS, TOKEN_KINDS, type TokenCounts } from "../claude/token-counts.ts";
import type { Pricing, Rollup } from "./sums.ts";

const NONE = { ...NO_TOKENS, webSearches: 0, cost: 0 };

/**
 * What the tokens cost that messages have and their bill has not.
 * @param billed the tokens on the bill
 * @param rollups the messages that the bill covers
 * @returns USD
 */
export function forgottenUsd(billed: TokenCounts, rollups: readonly Rollup[], pricing: Pricing): number {
  let usd = 0;
  for (const kind of TOKEN_KINDS) {
    const used = rollups.reduce((sum, rollup) => sum + rollup[kind], 0);
    const extra = used - billed[kind];
    if (extra <= 0) continue;
    const cost = rollups.reduce(
      (sum, rollup) => sum + pricing.cost({ ...rollup, ...NONE, [kind]: rollup[kind] }).usd,
      0,
    );
    usd += (cost * extra) / used;
  }
  return usd;
}
