/** Tables that fit the terminal: columns that may go, go; numbers stand right. */
import { wrap as wrapWords } from "../cli/columns.ts";

export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
  /** The higher, the sooner it goes when there is no room; without one it stays. */
  readonly drop?: number;
  /** Cut the text when all else was done. */
  readonly cut?: boolean;
}

export interface TableRow {
  readonly cells: readonly string[];
  readonly style?: "dim" | "bold";
  /** A rule before this row. */
  readonly rule?: boolean;
}

/** How text is drawn: the colours of picocolors, or none. */
export interface Paint {
  dim(text: string): string;
  bold(text: string): string;
}

const GAP = "  ";
/** A text cut to this still says something. Cells. */
const READABLE = 12;

const width = (text: string): number => Bun.stringWidth(text);

/** @param room terminal cells a line may take @returns lines, none wider than `room` if there is room for one column */
export function drawTable(
  columns: readonly Column[],
  rows: readonly TableRow[],
  room: number,
  paint: Paint,
): string[] {
  const widths = columns.map(({ title }, index) =>
    Math.max(width(title), ...rows.map(({ cells }) => width(cells[index] ?? ""))),
  );
  const kept = new Set(columns.keys());
  const total = () =>
    [...kept].reduce((sum, index) => sum + (widths[index] as number) + GAP.length, -GAP.length);
  const droppable = [...columns.entries()]
    .filter(([, { drop }]) => drop !== undefined)
    .sort(([, a], [, b]) => (b.drop as number) - (a.drop as number));
  const cut = (least: number) => {
    for (let over = total() - room; over > 0; over--) {
      const cuttable = [...kept].filter((index) => columns[index]?.cut && (widths[index] as number) > least);
      if (cuttable.length === 0) return;
      const widest = cuttable.reduce((a, b) => ((widths[b] as number) > (widths[a] as number) ? b : a));
      widths[widest] = (widths[widest] as number) - 1;
    }
  };
  // A little less of a name is better than none of it; a letter or two is not.
  cut(READABLE);
  for (const [index] of droppable) if (total() > room) kept.delete(index);
  cut(1);
  const line = (cells: readonly string[]): string =>
    [...kept]
      .map((index) => {
        const wide = widths[index] as number;
        const text = fit(cells[index] ?? "", wide);
        const space = " ".repeat(wide - width(text));
        return columns[index]?.align === "right" ? space + text : text + space;
      })
      .join(GAP)
      .trimEnd();
  const rule = paint.dim("─".repeat(Math.min(room, Math.max(1, total()))));
  const lines = [paint.bold(line(columns.map(({ title }) => title))), rule];
  for (const { cells, style, rule: ruled } of rows) {
    if (ruled) lines.push(rule);
    const text = line(cells);
    lines.push(style === undefined ? text : paint[style](text));
  }
  return lines;
}

/** A sentence over as many lines as it takes; a word that does not fit is cut. */
export const wrap = (text: string, room: number): string[] =>
  wrapWords(text, room).map((line) => fit(line, room));

/** The text with blanks behind it, so that it takes so many cells. */
export const pad = (text: string, cells: number): string =>
  text + " ".repeat(Math.max(0, cells - width(text)));

/** The text, cut to so many cells with an ellipsis. */
export const fit = (text: string, cells: number): string =>
  width(text) <= cells ? text : cells < 1 ? "" : `${Bun.sliceAnsi(text, 0, cells - 1)}…`;
