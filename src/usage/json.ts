/** Reports as JSON: ccusage's shape and names, so that its users' scripts keep working, and what only we know. */

import type { Rates } from "../ledger/index.ts";
import type { BlockRow } from "../ledger/reports/block-rows.ts";
import { type Row, totalOf } from "../ledger/reports/report.ts";
import { Tally } from "../ledger/tally.ts";
import type { RatesOf } from "./prices.ts";
import type { ReportName } from "./query.ts";

const time = (at: number): string => new Date(at).toISOString();

/** Tokens and money as every row has them. */
const tokens = (sum: Tally) => ({
  inputTokens: sum.counts.input,
  outputTokens: sum.counts.output,
  cacheCreationTokens: sum.counts.cacheWrite5m + sum.counts.cacheWrite1h,
  cacheReadTokens: sum.counts.cacheRead,
});

const ours = (sum: Tally) => ({
  priced: sum.priced,
  cacheCreation5mTokens: sum.counts.cacheWrite5m,
  cacheCreation1hTokens: sum.counts.cacheWrite1h,
});

/**
 * Where a model's price comes from, and what it is: USD for a million tokens of each kind, and for one web search.
 * null where no price is known.
 */
export const priceJson = (rates: Rates) => ({
  priceSource: rates.source === "none" ? null : rates.source,
  rates:
    rates.source === "none"
      ? null
      : {
          input: usd(rates.input),
          output: usd(rates.output),
          cacheRead: usd(rates.cacheRead),
          cacheWrite5m: usd(rates.cacheWrite5m),
          cacheWrite1h: usd(rates.cacheWrite1h),
          webSearch: rates.webSearch,
        },
});

/** Without the last digits of a product: 0.1 times 1.1 is 0.11. */
const usd = (rate: number): number => Number(rate.toPrecision(12));

/** What no message explains, and whether tokens of it are unknown: the rows of the models and this add up to the whole. */
const unattributed = (sum: Tally) => {
  const own = sum.unattributed ?? new Tally();
  return {
    tokensIncomplete: sum.tokensMissing,
    unattributedCost: own.costUsd,
    unattributedTokens: {
      ...tokens(own),
      totalTokens: own.tokens,
      cacheCreation5mTokens: own.counts.cacheWrite5m,
      cacheCreation1hTokens: own.counts.cacheWrite1h,
    },
  };
};

/** @param ratesOf the price of a model, as reports name it, at a time */
export function rowsJson(
  report: Exclude<ReportName, "blocks">,
  rows: readonly Row[],
  ratesOf: RatesOf,
): object {
  return {
    [report]: rows.map(({ key, sum, models, project }) => ({
      period: key,
      agent: report === "session" ? "claude" : "all",
      modelsUsed: models.map(({ name }) => name).sort(),
      ...tokens(sum),
      totalTokens: sum.tokens,
      totalCost: sum.costUsd,
      ...unattributed(sum),
      ...ours(sum),
      modelBreakdowns: models.map(({ name, sum: own }) => ({
        modelName: name,
        ...tokens(own),
        cost: own.costUsd,
        ...ours(own),
        ...priceJson(ratesOf(name, own.lastAt)),
      })),
      metadata:
        report === "session"
          ? { project, ...(Number.isFinite(sum.lastAt) ? { lastActivity: time(sum.lastAt) } : {}) }
          : { agents: ["claude"] },
    })),
    totals: totalsJson(totalOf(rows)),
  };
}

const totalsJson = (sum: Tally) => ({
  ...tokens(sum),
  totalTokens: sum.tokens,
  totalCost: sum.costUsd,
  ...unattributed(sum),
  ...ours(sum),
});

export function blocksJson(rows: readonly BlockRow[]): object {
  return { blocks: rows.map(blockJson) };
}

function blockJson({ startAt, endAt, isGap, isActive, endIsKnown, sum, models, burn }: BlockRow): object {
  // ccusage rounds the minutes before it multiplies, and the cost to cents.
  const minutes = Math.round(burn?.minutesLeft ?? 0);
  return {
    id: isGap ? `gap-${time(startAt)}` : time(startAt),
    startTime: time(startAt),
    endTime: time(endAt),
    actualEndTime: isGap ? null : time(sum.lastAt),
    isActive,
    isGap,
    endIsKnown,
    entries: sum.messages,
    tokenCounts: {
      inputTokens: sum.counts.input,
      outputTokens: sum.counts.output,
      cacheCreationInputTokens: sum.counts.cacheWrite5m + sum.counts.cacheWrite1h,
      cacheReadInputTokens: sum.counts.cacheRead,
    },
    totalTokens: sum.tokens,
    costUSD: sum.costUsd,
    ...unattributed(sum),
    ...ours(sum),
    models,
    burnRate: burn
      ? {
          tokensPerMinute: burn.tokensPerMinute,
          tokensPerMinuteForIndicator:
            (burn.tokensPerMinute * (sum.counts.input + sum.counts.output)) / sum.tokens,
          costPerHour: burn.usdPerHour,
        }
      : null,
    projection: burn
      ? {
          totalTokens: Math.round(sum.tokens + burn.tokensPerMinute * minutes),
          totalCost: Math.round((sum.costUsd + (burn.usdPerHour / 60) * minutes) * 100) / 100,
          remainingMinutes: minutes,
        }
      : null,
  };
}
