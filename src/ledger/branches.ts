/**
 * Bills of clients that had one session open at the same time.
 *
 * Each client goes on from the newest `cost-state` that the transcript had when it resumed the session, and does not
 * read it again: a bill that another client wrote since is no part of its own (Claude Code 2.1.331). All of these bills
 * have the same start time. The tokens tell them apart: one client's counts never fall, so a bill with fewer tokens of a
 * kind than an earlier bill does not contain it.
 */
import { mapUsage, USAGE_KINDS } from "../claude/token-counts.ts";
import type { ModelBill } from "../claude/transcript.ts";

/** A bill of a transcript. */
export interface SavedBill {
  readonly totalUsd: number;
  /** When its client began to count. Unix milliseconds. */
  readonly since: number | null;
  readonly models: Readonly<Record<string, ModelBill>>;
}

/** A bill that does not go on from the bill before it. */
export interface Branch<T extends SavedBill> {
  /** The bill before it, of another client. */
  readonly beside: T;
  /** The bill that it goes on from; undefined when it contains none of the earlier ones. */
  readonly from: T | undefined;
}

/**
 * Find the bills that do not go on from the bill before them.
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
 * @param root what a branch starts from that contains no earlier bill
 */
export function joinBranches<T extends SavedBill>(
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
const ROUNDING = 1e-6;

/** Whether the models on a bill explain its total: otherwise it has counts that started later than the total. */
const isComplete = ({ totalUsd, models }: SavedBill): boolean =>
  Math.abs(Object.values(models).reduce((sum, { costUsd }) => sum + costUsd, 0) - totalUsd) <= ROUNDING;

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
