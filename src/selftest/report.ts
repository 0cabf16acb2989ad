/** The report of a selftest, and its text. */
import { printable } from "../cli/characters.ts";

export interface StepResult {
  readonly name: string;
  readonly about: string;
  readonly ok: boolean;
  readonly tookMs: number;
  /** What was verified. */
  readonly detail?: string;
  /** What was examined and differs. */
  readonly what?: string;
  readonly expected?: string;
  readonly seen?: string;
  readonly hint?: string;
}

export interface SelftestReport {
  readonly ok: boolean;
  readonly tookMs: number;
  /** The directory of the test's files. */
  readonly place: string;
  /** The directory still exists: `--keep`, or it could not be removed. */
  readonly kept: boolean;
  readonly steps: readonly StepResult[];
}

/** @returns a line per step, with what was expected and seen if that differs, and a summary */
export function describeSelftest({ ok, steps, tookMs, place, kept }: SelftestReport): string {
  const width = Math.max(...steps.map(({ name }) => name.length));
  const failed = steps.filter((step) => !step.ok).length;
  return [
    ...steps.flatMap((step) => describeStep(step, width)),
    ...(kept ? [`its files are in ${printable(place)}`] : []),
    `${ok ? "everything works" : `${failed} of ${steps.length} failed`}, after ${tookMs} ms`,
  ].join("\n");
}

function describeStep(step: StepResult, width: number): string[] {
  const { name, ok, tookMs, detail, what, expected, seen, hint } = step;
  const head = `${ok ? "ok  " : "FAIL"}  ${name.padEnd(width)}  ${String(tookMs).padStart(5)} ms  `;
  const more = Object.entries({ expected, seen, hint }).flatMap(([word, text]) =>
    text === undefined ? [] : labelled(`${word}: `, text).map((line) => " ".repeat(head.length) + line),
  );
  return [head + printable(detail ?? what ?? ""), ...more];
}

/** The output of a program may have several lines. */
const labelled = (label: string, text: string): string[] =>
  text.split("\n").map((line, index) => (index === 0 ? label : " ".repeat(label.length)) + printable(line));
