/**
 * Bills by model, as transcripts have them, and those of clients that had one session open at the same time.
 *
 * Such a client continues from the newest `cost-state` in the transcript when it resumed the session, and does not read
 * it again: bills that other clients write later are not part of its own (Claude Code 2.1.331). All of them have the
 * same start time. A client's counts never fall, so a bill with fewer tokens of a kind than an earlier bill does not
 * contain it: it is on another branch.
 */
import type { Database } from "bun:sqlite";
import { addTokens, mapUsage, NO_TOKENS, type TokenCounts, USAGE_KINDS } from "../claude/token-counts.ts";
import type { ModelBill } from "../claude/transcript.ts";
import { ImplausibleError } from "./errors.ts";

/** A bill of a transcript. */
export interface SavedBill {
  readonly totalUsd: number;
  /** When its client began to count. Unix milliseconds. */
  readonly since: number | null;
  readonly models: Readonly<Record<string, ModelBill>>;
}

/** A bill that does not continue from the bill before it. */
export interface Branch<T extends SavedBill> {
  /** The bill before it, of another client. */
  readonly beside: T;
  /** The bill that it continues from; undefined when it contains none of the earlier ones. */
  readonly from: T | undefined;
}

/**
 * Find the bills that start a branch.
 * @param bills one session's, in the order in which they were written
 */
export function branchesOf<T extends SavedBill>(bills: readonly T[]): Map<T, Branch<T>> {
  const branches = new Map<T, Branch<T>>();
  if (bills.length < 2) return branches;
  for (const [index, bill] of bills.entries()) {
    if (bill.since === null) continue;
    const before = bills.slice(0, index).filter(({ since }) => since === bill.since);
    const beside = before.at(-1);
    if (!beside || !hasLost(bill, beside)) continue;
    branches.set(bill, { beside, from: before.findLast((each) => !hasLost(bill, each)) });
  }
  return branches;
}

/**
 * The tokens and costs of all clients together.
 * @param bills one session's with the same start time, at least one, in the order in which they were written
 * @param root where a branch starts that contains no earlier bill
 */
function joinBranches<T extends SavedBill>(
  bills: readonly T[],
  root: Readonly<Record<string, ModelBill>> = {},
): Readonly<Record<string, ModelBill>> {
  const branches = branchesOf(bills);
  let sum = (bills[0] as T).models;
  for (const [index, bill] of bills.entries()) {
    if (index === 0) continue;
    const branch = branches.get(bill);
    const from = branch ? (branch.from?.models ?? root) : (bills[index - 1] as T).models;
    sum = branches.size === 0 ? bill.models : added(sum, bill.models, from);
  }
  return sum;
}

/** Whether a bill has less of any model and kind than an earlier one. */
const hasLost = (later: SavedBill, earlier: SavedBill): boolean =>
  isComplete(later) &&
  isComplete(earlier) &&
  Object.entries(earlier.models).some(([name, before]) =>
    USAGE_KINDS.some((kind) => (later.models[name]?.[kind] ?? 0) < before[kind]),
  );

/** Sums of prices differ by less than this. USD. */
const ROUNDING_USD = 1e-6;

/** Whether the models add up to the total: otherwise their counts started later. */
const isComplete = ({ totalUsd, models }: SavedBill): boolean =>
  Math.abs(Object.values(models).reduce((sum, { costUsd }) => sum + costUsd, 0) - totalUsd) <= ROUNDING_USD;

/** `sum` + `to` - `from`, by model and kind. */
function added(
  sum: Readonly<Record<string, ModelBill>>,
  to: Readonly<Record<string, ModelBill>>,
  from: Readonly<Record<string, ModelBill>>,
): Readonly<Record<string, ModelBill>> {
  const result = { ...sum };
  for (const [name, model] of Object.entries(to)) {
    const plus = (kind: keyof ModelBill) =>
      (sum[name]?.[kind] ?? 0) + Math.max(0, model[kind] - (from[name]?.[kind] ?? 0));
    result[name] = { ...mapUsage(plus), costUsd: plus("costUsd") };
  }
  return result;
}

/** The tokens of all models on a bill. */
export function billedTokens(models: Readonly<Record<string, ModelBill>>): TokenCounts {
  const sum = { ...NO_TOKENS };
  for (const model of Object.values(models)) addTokens(sum, model);
  return sum;
}

/** The newest bill of a session by model, with those of concurrent clients. */
export interface ModelBills {
  readonly session: number;
  readonly at: number;
  readonly since: number | null;
  readonly models: Readonly<Record<string, ModelBill>>;
}

/** For each session, or for one, its newest bill by model. */
export function newestModelBills(db: Database, only?: number): ModelBills[] {
  const rows = db
    .query(
      `select session, at, total, since, models, (
         select models from forks where forks.session = bills.session and forks.since = bills.since)
       from bills
       where models is not null and models <> '{}' and (?1 is null or session = ?1) order by session, at, total`,
    )
    .values(only ?? null) as [number, number, number, number | null, string, string | null][];
  return [...Map.groupBy(rows, ([session]) => session)].map(([session, bills]) => {
    const [, at, , since, , inherited] = bills.at(-1) as (typeof bills)[number];
    const saved = bills
      .filter((bill) => bill[3] === since)
      .map(([, , totalUsd, , models]) => ({ totalUsd, since, models: parseModelBills(models) }));
    return { session, at, since, models: joinBranches(saved, inherited ? parseModelBills(inherited) : {}) };
  });
}

/**
 * The column `models` of a bill or a fork.
 * @throws ImplausibleError when a number is missing or invalid
 */
export function parseModelBills(text: string): Record<string, ModelBill> {
  const models = JSON.parse(text) as Record<string, ModelBill>;
  for (const bill of Object.values(models))
    if (!NUMBERS.every((name) => Number.isFinite(bill?.[name]))) throw new ImplausibleError("bills");
  return models;
}

const NUMBERS = [...USAGE_KINDS, "costUsd"] as const;
