/**
 * Cost from `ccusage` (`billing.source: "ccusage"`). An external program: bounded in output, and killed with its process
 * group when the part's deadline or the pass's aborts the signal.
 */

import { amount, at, count, field, flag, type Json, text } from "../../claude/json.ts";
import { NO_TOKENS, type TokenCounts, totalTokens } from "../../claude/token-counts.ts";
import { allowsRate } from "../../ledger/blocks.ts";
import { runBounded } from "../../os/run/subprocess.ts";
import type { AccountUsage, BlockUsage, SessionUsage } from "../../state/parts.ts";
import { withoutUndefined } from "../../state/shape.ts";
import type { Spend } from "../../state/spend.ts";
import { PASS_DEADLINE_MS } from "../../state/timeouts.ts";
import { type CostContext, type CostSource, NotYet } from "../part.ts";
import { failureOf } from "../subprocess-error.ts";

const LIMITS = { timeoutMs: PASS_DEADLINE_MS, graceMs: 0, maxOutputBytes: 1 << 20 } as const;
const DAY_MS = 86_400_000;

export class CcusageCost implements CostSource {
  readonly #pass: CostContext;
  readonly #stop = new AbortController();

  constructor(pass: CostContext) {
    this.#pass = pass;
  }

  async index(): Promise<void> {
    // ccusage reads everything at each call.
  }

  async account(): Promise<AccountUsage> {
    const { now } = this.#pass;
    const first = localDay(now - 6 * DAY_MS);
    const [daily, blocks] = await Promise.all([
      this.#ask("daily", "--since", first.replaceAll("-", "")),
      this.#ask("blocks", "--active"),
    ]);
    return accountFrom(daily, blocks, localDay(now));
  }

  /** ccusage would read the whole history for one session; the client's own bill is known, and exact. */
  async session(): Promise<SessionUsage> {
    const { usd: costUsd } = this.#pass.request.payload.cost;
    if (costUsd === undefined) throw new NotYet("the client has not reported the session's cost yet");
    return { ...NOTHING, costUsd, billUsd: costUsd };
  }

  async close(): Promise<void> {
    this.#stop.abort();
  }

  async #ask(...words: string[]): Promise<Json> {
    const outcome = await runBounded({
      argv: ["ccusage", ...words, "--json", "--offline"],
      cwd: "/",
      env: this.#pass.env,
      outside: this.#pass.trees,
      signal: AbortSignal.any([this.#stop.signal, this.#pass.signal]),
      ...LIMITS,
    });
    const failure = failureOf("ccusage", outcome);
    if (failure !== undefined) throw new Error(failure);
    try {
      return JSON.parse(outcome.stdout);
    } catch {
      throw new Error("ccusage did not write JSON");
    }
  }
}

const NOTHING: Spend = {
  costUsd: 0,
  priced: "exact",
  unattributedUsd: 0,
  ...NO_TOKENS,
};

/** @returns the account's figures from `ccusage daily --json` and `ccusage blocks --active --json` */
export function accountFrom(daily: Json, blocks: Json, today: string): AccountUsage {
  const rows = list(field(daily, "daily"));
  const dayOf = (row: Json) => text(field(row, "period")) ?? text(field(row, "date"));
  const active = list(field(blocks, "blocks")).find((block) => flag(field(block, "isActive")));
  const block = active === undefined ? undefined : blockFrom(active);
  return {
    day: today,
    today: sum(rows.filter((row) => dayOf(row) === today)),
    week: sum(rows),
    ...(block && { block }),
  };
}

/** ccusage uses its own prices: its costs are estimates. It does not distinguish the two kinds of cache writes. */
const estimate = (costUsd: number, tokens: Omit<TokenCounts, "cacheWrite1h">): Spend => ({
  ...NOTHING,
  priced: "estimated",
  costUsd,
  ...tokens,
});

function sum(rows: readonly Json[]): Spend {
  const total = (read: (value: Json) => number | undefined, name: string) =>
    rows.reduce<number>((before, row) => before + (read(field(row, name)) ?? 0), 0);
  return estimate(total(amount, "totalCost"), {
    input: total(count, "inputTokens"),
    output: total(count, "outputTokens"),
    cacheRead: total(count, "cacheReadTokens"),
    cacheWrite5m: total(count, "cacheCreationTokens"),
  });
}

function blockFrom(block: Json): BlockUsage | undefined {
  const startAt = Date.parse(text(field(block, "startTime")) ?? "");
  const endAt = Date.parse(text(field(block, "endTime")) ?? "");
  const costUsd = amount(field(block, "costUSD"));
  if (Number.isNaN(startAt) || Number.isNaN(endAt) || costUsd === undefined) return undefined;
  const tokens = (name: string) => count(at(block, "tokenCounts", name)) ?? 0;
  const spend = estimate(costUsd, {
    input: tokens("inputTokens"),
    output: tokens("outputTokens"),
    cacheRead: tokens("cacheReadInputTokens"),
    cacheWrite5m: tokens("cacheCreationInputTokens"),
  });
  return withoutUndefined({ ...spend, startAt, endAt, endIsKnown: false, ...rateFrom(block, spend) });
}

/** The burn rate, if the block's messages allow one. ccusage gives a rate instead of the time between them. */
function rateFrom(block: Json, spend: Spend) {
  const tokensPerMinute = amount(at(block, "burnRate", "tokensPerMinute"));
  if (tokensPerMinute === undefined || !allowsRate((totalTokens(spend) / tokensPerMinute) * 60_000))
    return {};
  return {
    burnUsdPerHour: amount(at(block, "burnRate", "costPerHour")),
    tokensPerMinute,
    projectedUsd: amount(at(block, "projection", "totalCost")),
  };
}

const list = (json: Json): readonly Json[] => (Array.isArray(json) ? json : []);

function localDay(ms: number): string {
  const date = new Date(ms);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
