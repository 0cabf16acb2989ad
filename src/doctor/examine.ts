/** All checks, one after the other, and what they found. */
import type { Check, Finding, Surroundings } from "./check.ts";
import { bad } from "./check.ts";

/** One check's result. */
export type Result = { readonly check: string } & Finding;

export interface Examination {
  /** Nothing is bad. */
  readonly ok: boolean;
  readonly results: readonly Result[];
}

export async function examine(checks: readonly Check[], surroundings: Surroundings): Promise<Examination> {
  const results: Result[] = [];
  for (const check of checks) results.push({ check: check.name, ...(await finding(check, surroundings)) });
  return { ok: results.every(({ level }) => level !== "bad"), results };
}

/** A check that cannot be made is a finding too: it must not keep the others from being made. */
async function finding(check: Check, surroundings: Surroundings): Promise<Finding> {
  try {
    return await check.run(surroundings);
  } catch (error) {
    return bad(`cannot be checked: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const MARKS = { good: "ok  ", warning: "note", bad: "BAD " } as const;

/** @returns the examination for a person */
export function describeExamination({ ok, results }: Examination): string {
  const width = Math.max(...results.map(({ check }) => check.length));
  const lines = results.flatMap(({ check, level, text, details = [], hint }) => [
    `${MARKS[level]}  ${check.padEnd(width)}  ${text}`,
    ...details.map((detail) => `${" ".repeat(width + 8)}${detail}`),
    ...(hint === undefined ? [] : [`${" ".repeat(width + 8)}hint: ${hint}`]),
  ]);
  return [...lines, ok ? "everything works" : "something does not work"].join("\n");
}
