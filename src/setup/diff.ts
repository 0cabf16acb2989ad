/** An edit as removed and added lines. */
import type { Edit } from "./change.ts";

export interface DiffLine {
  readonly sign: "-" | "+" | " ";
  readonly text: string;
}

/** Kept of a long line around its change. UTF-16 units. */
const CONTEXT = 40;
/** Longer runs of lines are shortened in the middle. */
const MAX_RUN = 40;

/** @returns the lines that differ; a single changed line is cut to its change */
export function diffLines({ before, after }: Edit): DiffLine[] {
  const [old, now] = [splitLines(before), splitLines(after)];
  const head = commonStart(old, now);
  const tail = commonStart(old.slice(head).reverse(), now.slice(head).reverse());
  const removed = old.slice(head, old.length - tail);
  const added = now.slice(head, now.length - tail);
  const [cutRemoved, cutAdded] =
    removed.length === 1 && added.length === 1
      ? cut(removed[0] as string, added[0] as string)
      : [removed, added];
  return [...run("-", cutRemoved), ...run("+", cutAdded)];
}

/** The final line end starts no further line. */
const splitLines = (text: string): string[] => (text === "" ? [] : text.replace(/\r?\n$/, "").split(/\r?\n/));

function run(sign: "-" | "+", lines: readonly string[]): DiffLine[] {
  const shown = lines.map((text) => ({ sign, text }));
  if (lines.length <= MAX_RUN) return shown;
  const half = MAX_RUN / 2;
  const left = lines.length - 2 * half;
  return [...shown.slice(0, half), { sign: " ", text: `… ${left} more lines …` }, ...shown.slice(-half)];
}

/** Shorten what two long lines share at their ends. */
function cut(old: string, now: string): [string[], string[]] {
  const head = commonStart(old.split(""), now.split(""));
  const tail = commonStart(old.slice(head).split("").reverse(), now.slice(head).split("").reverse());
  const start = Math.max(0, head - CONTEXT);
  const end = Math.max(0, tail - CONTEXT);
  const shorten = (line: string) =>
    `${start > 0 ? "…" : ""}${line.slice(start, line.length - end)}${end > 0 ? "…" : ""}`;
  return [[shorten(old)], [shorten(now)]];
}

function commonStart(one: readonly string[], other: readonly string[]): number {
  let at = 0;
  while (at < one.length && at < other.length && one[at] === other[at]) at += 1;
  return at;
}
