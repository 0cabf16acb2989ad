/** How texts of the editor look, with colours and without. All take clean text. */
import { printable } from "../../cli/characters.ts";
import type { ColorDepth } from "../../line/context.ts";
import { cells, cutEnd } from "../../line/layout/cells.ts";
import { parseRgb, sgr } from "../../line/look/color.ts";

export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  /** What the cursor is on. Without colours, in brackets. */
  chosen(text: string): string;
  /** A segment that the preview does not show. Without colours, in parentheses. */
  absent(text: string): string;
  /** How that is named in a legend. */
  readonly absentSign: string;
  /** The matching characters of a filter. */
  match(text: string): string;
  error(text: string): string;
  /** A patch of a colour, "#rrggbb", or of SGR parameters. */
  patch(color: string): string;
}

const wrap = (on: string, off: string) => (text: string) =>
  text === "" ? "" : `\x1b[${on}m${text}\x1b[${off}m`;
const same = (text: string) => text;

export function paintFor(depth: ColorDepth): Paint {
  if (depth === 0)
    return {
      bold: same,
      dim: same,
      chosen: (text) => `[${text}]`,
      absent: (text) => `(${text})`,
      absentSign: "( )",
      match: same,
      error: same,
      patch: () => "",
    };
  return {
    bold: wrap("1", "22"),
    dim: wrap("2", "22"),
    chosen: wrap("7", "27"),
    absent: wrap("2", "22"),
    absentSign: "dim",
    match: wrap("1;4", "22;24"),
    error: wrap("1;31", "22;39"),
    patch(color) {
      const rgb = color.startsWith("#") ? parseRgb(color) : undefined;
      const parameters = rgb === undefined ? color : sgr(rgb, depth, "fg");
      return parameters.startsWith("#") || parameters === "" ? "" : `\x1b[${parameters}m■\x1b[39m `;
    },
  };
}

/** @returns untrusted text, visible and cut to a width in cells */
export const cut = (text: string, width: number): string => cutEnd(printable(text), Math.max(0, width), "…");

/** @returns text cut and filled to a width in cells */
export function column(text: string, width: number): string {
  const shown = cut(text, width);
  return shown + " ".repeat(Math.max(0, width - cells(shown)));
}

/** @returns a painted row cut and filled to a width in cells */
export function paintedColumn(row: string, width: number): string {
  const own = Bun.stringWidth(row);
  const end = row.includes("\x1b") ? "\x1b[0m" : "";
  const shown = own > width ? `${Bun.sliceAnsi(row, 0, Math.max(0, width - 1))}${end}…` : row + end;
  return shown + " ".repeat(Math.max(0, width - own));
}

/** @returns text as lines of at most `width` cells, broken between words */
export function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of printable(text).split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (cells(longer) <= width || line === "") line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line].map((each) => cutEnd(each, Math.max(1, width), "…"));
}
