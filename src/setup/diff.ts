/** What an edit changes, as lines taken out and put in. */
import type { Step } from "./change.ts";

export interface DiffLine {
  readonly sign: "-" | "+" | " ";
  readonly text: string;
}

/** Longer ends are left out of a line, around what changes in it. UTF-16 units. */
const CONTEXT = 40;
/** A longer run of lines is shortened in its middle. */
const LONGEST_RUN = 40;

/** @returns the lines that differ; those of a file on one line are cut to what changes in them */
export function diffLines({ before, after }: Step): DiffLine[] {
  const [old, now] = [splitLines(before), splitLines(after)];
  const head = commonStart(old, now);
  const tail = commonStart(old.slice(head).reverse(), now.slice(head).reverse());
  const gone = old.slice(head, old.length - tail);
  const come = now.slice(head, now.length - tail);
  const [cutGone, cutCome] =
    gone.length === 1 && come.length === 1 ? cut(gone[0] as string, come[0] as string) : [gone, come];
  return [...run("-", cutGone), ...run("+", cutCome)];
}

/** A file's last line end begins no line. */
const splitLines = (text: string): string[] => (text === "" ? [] : text.replace(/\r?\n$/, "").split(/\r?\n/));

function run(sign: "-" | "+", lines: readonly string[]): DiffLine[] {
  const shown = lines.map((text) => ({ sign, text }));
  if (lines.length <= LONGEST_RUN) return shown;
  const half = LONGEST_RUN / 2;
  const left = lines.length - 2 * half;
  return [...shown.slice(0, half), { sign: " ", text: `… ${left} more lines …` }, ...shown.slice(-half)];
}

/** Two long lines that begin and end alike: what they share is shortened. */
function cut(old: string, now: string): [string[], string[]] {
  const head = commonStart(old.split(""), now.split(""));
  const tail = commonStart(old.slice(head).split("").reverse(), now.slice(head).split("").reverse());
  const start = Math.max(0, head - CONTEXT);
  const keep = Math.max(0, tail - CONTEXT);
  const shorten = (line: string) =>
    `${start > 0 ? "…" : ""}${line.slice(start, line.length - keep)}${keep > 0 ? "…" : ""}`;
  return [[shorten(old)], [shorten(now)]];
}

function commonStart(one: readonly string[], other: readonly string[]): number {
  let at = 0;
  while (at < one.length && at < other.length && one[at] === other[at]) at += 1;
  return at;
}
