/** An examination as text: aligned, wrapped to the terminal, with a summary at the end. */

import { printable } from "../../cli/characters.ts";
import { wrap } from "../../cli/columns.ts";
import { withRunnable } from "../../cli/runnable.ts";
import { counted, type FindingLevel } from "../../doctor/check.ts";
import type { Action, CheckResult, Examination } from "../../doctor/examine.ts";

export interface ReportStyle {
  /** The colours of picocolors, or none. */
  readonly paint: ReturnType<typeof import("picocolors").createColors>;
  /** Cells per line. */
  readonly width: number;
}

/** How levels are written: in text, and in JSON, whose values are an interface. */
export const LEVELS = {
  ok: { text: "ok", json: "good" },
  info: { text: "info", json: "note" },
  error: { text: "ERROR", json: "bad" },
} as const satisfies Record<FindingLevel, { text: string; json: string }>;

const LEVEL_CELLS = 5;
const GAP = "  ";
/** With less room beside the names, text goes below them. Cells. */
const MIN_TEXT = 40;

/** @returns the lines of all results */
export function describeResults(results: readonly CheckResult[], style: ReportStyle): string[] {
  const names = Math.max(...results.map(({ check }) => check.length));
  const beside = LEVEL_CELLS + GAP.length + names + GAP.length;
  const indent = style.width - beside >= MIN_TEXT ? beside : LEVEL_CELLS;
  return results.flatMap((result) => {
    const { level, check } = result;
    const head = `${levelText(level, style)}${GAP}${check.padEnd(names)}`;
    const [first = "", ...rest] = body(result, style, style.width - indent);
    const lines =
      indent === beside ? [`${head}${GAP}${first}`] : [head.trimEnd(), `${" ".repeat(indent)}${first}`];
    return [...lines, ...rest.map((line) => `${" ".repeat(indent)}${line}`)];
  });
}

function levelText(level: FindingLevel, { paint }: ReportStyle): string {
  const text = LEVELS[level].text.padEnd(LEVEL_CELLS);
  if (level === "error") return paint.bold(paint.red(text));
  return level === "info" ? paint.yellow(text) : paint.green(text);
}

function body({ level, text, details = [], hint }: CheckResult, { paint }: ReportStyle, width: number) {
  return [
    ...lines(text, width, "").map((line) => (level === "error" ? paint.bold(line) : line)),
    ...details.flatMap((detail) => lines(detail, width, "  ").map(paint.dim)),
    ...(hint === undefined ? [] : lines(`hint: ${hint}`, width, "")),
  ];
}

/** Makes commands runnable, wraps words, and breaks those longer than a line, such as paths. */
function lines(text: string, width: number, indent: string): string[] {
  const cells = Math.max(1, width - indent.length);
  return wrap(printable(withRunnable(text)), cells).flatMap((line) => {
    const pieces: string[] = [];
    let rest = line;
    for (; Bun.stringWidth(rest) > cells; rest = rest.slice(pieces.at(-1)?.length))
      pieces.push(Bun.sliceAnsi(rest, 0, cells));
    return [...pieces, rest].map((piece) => indent + piece);
  });
}

/** @returns one action of a fix, printed as it is done */
export const describeAction = ({ check, act }: Action, { width }: ReportStyle): string =>
  wrap(`fix${GAP}${check}: ${printable(act)}`, width).join("\n");

/** @returns the last line */
export function summary({ ok, results }: Examination, { paint, width }: ReportStyle): string {
  const infos = results.filter(({ level }) => level === "info").length;
  if (ok) return paint.green(infos === 0 ? "healthy" : `healthy (${infos} info)`);
  const errors = results.filter(({ level }) => level === "error");
  const fixable = errors.filter(({ fix }) => fix).length;
  const how = fixable === 0 ? "" : `, ${fixable} fixable with ${withRunnable("'plimsoll doctor --fix'")}`;
  return wrap(`${counted(errors.length, "error")}${how}`, width)
    .map(paint.red)
    .join("\n");
}
