/** A selftest's report for a person. */
import { printable } from "../cli/characters.ts";
import type { Report, Result } from "./selftest.ts";

/** @returns one line a step, with what was expected and seen where that differs, and the verdict */
export function describeSelftest({ ok, steps, tookMs, place, kept }: Report): string {
  const width = Math.max(...steps.map(({ name }) => name.length));
  const failed = steps.filter((step) => !step.ok).length;
  return [
    ...steps.flatMap((step) => describeStep(step, width)),
    ...(kept ? [`its files are in ${printable(place)}`] : []),
    `${ok ? "everything works" : `${failed} of ${steps.length} failed`}, after ${tookMs} ms`,
  ].join("\n");
}

function describeStep(
  { name, ok, tookMs, detail, what, expected, seen, hint }: Result,
  width: number,
): string[] {
  const head = `${ok ? "ok  " : "FAIL"}  ${name.padEnd(width)}  ${String(tookMs).padStart(5)} ms  `;
  const more = Object.entries({ expected, seen, hint }).flatMap(([word, text]) =>
    text === undefined ? [] : lines(`${word}: `, text).map((line) => `${" ".repeat(head.length)}${line}`),
  );
  return [head + printable(detail ?? what ?? ""), ...more];
}

/** What a program wrote may have several lines. */
const lines = (label: string, text: string): string[] =>
  text.split("\n").map((line, index) => (index === 0 ? label : " ".repeat(label.length)) + printable(line));
