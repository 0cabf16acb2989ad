/** An examination for people: aligned, wrapped to the terminal, what is wrong standing out, the sum of it last. */

import { printable } from "../../cli/characters.ts";
import { wrap } from "../../cli/columns.ts";
import type { Level } from "../../doctor/check.ts";
import { counted } from "../../doctor/check.ts";
import type { Examination, Result } from "../../doctor/examine.ts";
import { type Act, fixableOf } from "../../doctor/fix.ts";

/** How text is drawn: the colours of picocolors, or none. */
export interface Paint {
  dim(text: string): string;
  bold(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
}

export interface Look {
  readonly paint: Paint;
  /** Cells of a line. */
  readonly room: number;
}

const MARKS = { good: "ok", note: "note", bad: "BAD" } as const satisfies Record<Level, string>;
const MARK_CELLS = 4;
const GAP = "  ";
/** Where less is left for the text beside the names, it stands below them. Cells. */
const LEAST_TEXT = 40;

/** @returns the lines of a list of results */
export function describeResults(results: readonly Result[], look: Look): string[] {
  const names = Math.max(...results.map(({ check }) => check.length));
  const beside = MARK_CELLS + GAP.length + names + GAP.length;
  const indent = look.room - beside >= LEAST_TEXT ? beside : MARK_CELLS;
  return results.flatMap((result) => {
    const { level, check } = result;
    const head = `${mark(level, look.paint)}${GAP}${check.padEnd(names)}`;
    const [first = "", ...rest] = body(result, look, look.room - indent);
    const lines =
      indent === beside ? [`${head}${GAP}${first}`] : [head.trimEnd(), `${" ".repeat(indent)}${first}`];
    return [...lines, ...rest.map((line) => `${" ".repeat(indent)}${line}`)];
  });
}

function mark(level: Level, paint: Paint): string {
  const text = MARKS[level].padEnd(MARK_CELLS);
  return level === "bad"
    ? paint.bold(paint.red(text))
    : level === "note"
      ? paint.yellow(text)
      : paint.green(text);
}

function body(result: Result, { paint }: Look, room: number): string[] {
  const { level, text, details = [] } = result;
  const hint = level === "good" ? undefined : result.hint;
  return [
    ...lines(text, room, "").map((line) => (level === "bad" ? paint.bold(line) : line)),
    ...details.flatMap((detail) => lines(detail, room, "  ").map(paint.dim)),
    ...(hint === undefined ? [] : lines(`hint: ${hint}`, room, "")),
  ];
}

/** Wrapped; a path that is longer than a line goes on in the next, so that all of it can be read. */
function lines(text: string, room: number, indent: string): string[] {
  const cells = Math.max(1, room - indent.length);
  return wrap(printable(text), cells).flatMap((line) => {
    const pieces: string[] = [];
    let rest = line;
    for (; Bun.stringWidth(rest) > cells; rest = rest.slice(pieces.at(-1)?.length))
      pieces.push(Bun.sliceAnsi(rest, 0, cells));
    return [...pieces, rest].map((piece) => indent + piece);
  });
}

/** @returns one act of mending, as it is told at once */
export const describeAct = ({ check, act }: Act, look: Look): string =>
  wrap(`mend${GAP}${check}: ${printable(act)}`, look.room).join("\n");

/** @returns the last words: how it is in all */
export function summary({ ok, results }: Examination, { paint, room }: Look): string {
  const notes = results.filter(({ level }) => level === "note").length;
  if (ok) return paint.green(notes === 0 ? "healthy" : `healthy, ${counted(notes, "note")}`);
  const findings = results.filter(({ level }) => level === "bad");
  const fixable = fixableOf(findings).length;
  const how = fixable === 0 ? "" : `, ${fixable} of them can be mended by 'plimsoll doctor --fix'`;
  return wrap(`${counted(findings.length, "finding")}${how}`, room)
    .map(paint.red)
    .join("\n");
}
