/** Runs the checks one after the other, and applies fixes. */

import { CHECK_DEADLINE_MS } from "../state/timeouts.ts";
import { type Check, type CheckContext, error, type Finding, info } from "./check.ts";
import { stateDirectoryProblem } from "./state-directory.ts";

export type CheckResult = { readonly check: string } & Finding;

export interface Examination {
  /** There are no errors. */
  readonly ok: boolean;
  readonly results: readonly CheckResult[];
}

/** One thing that a fix did, or could not do. */
export interface Action {
  readonly check: string;
  readonly act: string;
}

/** Sequential: the replay of a render is timed, and must not compete with other checks. */
export async function examine(
  checks: readonly Check[],
  context: CheckContext,
  timeoutMs = CHECK_DEADLINE_MS,
): Promise<Examination> {
  const results: CheckResult[] = [];
  const skipped = checks.filter(({ needsState }) => needsState && stateDirectoryProblem(context.paths.root));
  for (const check of checks.filter((each) => !skipped.includes(each)))
    for (const finding of await findingsOf(check, context, timeoutMs))
      results.push({ check: check.name, ...finding });
  if (skipped.length > 0)
    results.push({ check: "state", ...info(`skipped: ${skipped.map(({ name }) => name).join(", ")}`) });
  return { ok: results.every(({ level }) => level !== "error"), results };
}

/** A check that fails or times out is a finding, and does not prevent the others. */
async function findingsOf(
  check: Check,
  context: CheckContext,
  timeoutMs: number,
): Promise<readonly Finding[]> {
  let timer: Timer | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`timed out after ${timeoutMs / 1000} s`)), timeoutMs);
  });
  try {
    const found = await Promise.race([check.run(context), timeout]);
    return "level" in found ? [found] : found;
  } catch (thrown) {
    return [
      error(`cannot be checked: ${messageOf(thrown)}`, {
        hint: "try again; if it persists, report it with the output of 'plimsoll doctor --json'",
      }),
    ];
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Apply the fixes of all results, in their order. A fix that fails does not prevent the others.
 * @param onAction called with each action as it is done
 * @returns all actions
 */
export async function applyFixes(
  results: readonly CheckResult[],
  onAction: (action: Action) => void,
): Promise<Action[]> {
  const actions: Action[] = [];
  for (const { check, fix } of results) {
    const report = (act: string) => {
      actions.push({ check, act });
      onAction({ check, act });
    };
    try {
      await fix?.(report);
    } catch (thrown) {
      report(`not fixed: ${messageOf(thrown)}`);
    }
  }
  return actions;
}

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
