/** Tables that fit the terminal: optional columns are dropped, long texts are cut. Widths are in terminal cells. */
import { wrap as wrapWords } from "../cli/columns.ts";
import type { Format } from "./format.ts";

export interface TableColumn {
  readonly title: string;
  readonly align?: "right";
  /** Columns with the highest number are dropped first; one without a number is never dropped. */
  readonly drop?: number;
  /** The text may be cut. */
  readonly cut?: boolean;
}

export interface RowStyle {
  readonly style?: "dim" | "bold" | undefined;
  /** Draw a rule above the row. */
  readonly rule?: boolean | undefined;
}

export interface TableRow extends RowStyle {
  readonly cells: readonly string[];
}

/** Picocolors, or functions that return the text unchanged. */
export interface TextColors {
  dim(text: string): string;
  bold(text: string): string;
}

/** How to write for a person's terminal. */
export interface TerminalStyle {
  readonly format: Format;
  readonly colors: TextColors;
  readonly width: number;
}

const GAP = "  ";
/** Texts are cut to this before columns are dropped, and below it only afterwards. */
const READABLE = 12;

const widthsOf = (columns: readonly TableColumn[], rows: readonly TableRow[]): number[] =>
  columns.map(({ title }, index) =>
    Math.max(Bun.stringWidth(title), ...rows.map(({ cells }) => Bun.stringWidth(cells[index] ?? ""))),
  );

const sumOf = (widths: readonly number[]): number =>
  widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length);

/** The width at which nothing is dropped or cut. */
export const naturalWidth = (columns: readonly TableColumn[], rows: readonly TableRow[]): number =>
  sumOf(widthsOf(columns, rows));

/** @returns lines, none wider than `width` unless the columns that cannot be dropped need more than a cell each */
export function drawTable(
  columns: readonly TableColumn[],
  rows: readonly TableRow[],
  width: number,
  colors: TextColors,
): string[] {
  const natural = widthsOf(columns, rows);
  let kept = columns.map((column, index) => ({ ...column, index, width: natural[index] ?? 0 }));
  const total = () => sumOf(kept.map((column) => column.width));
  const cut = (least: number) => {
    for (let over = total() - width; over > 0; over--) {
      const cuttable = kept.filter((column) => column.cut && column.width > least);
      if (cuttable.length === 0) return;
      cuttable.reduce((a, b) => (b.width > a.width ? b : a)).width--;
    }
  };
  cut(READABLE);
  while (total() > width) {
    const drop = Math.max(...kept.map((column) => column.drop ?? Number.NEGATIVE_INFINITY));
    const first = kept.findIndex((column) => column.drop === drop);
    if (first < 0) break;
    kept = kept.toSpliced(first, 1);
  }
  cut(1);
  const line = (cells: readonly string[]): string =>
    kept
      .map((column) => {
        const text = fit(cells[column.index] ?? "", column.width);
        const space = " ".repeat(column.width - Bun.stringWidth(text));
        return column.align === "right" ? space + text : text + space;
      })
      .join(GAP)
      .trimEnd();
  const rule = colors.dim("─".repeat(Math.min(width, Math.max(1, total()))));
  return [
    colors.bold(line(columns.map(({ title }) => title))),
    rule,
    ...rows.flatMap(({ cells, style, rule: hasRule }) => {
      const text = line(cells);
      return [...(hasRule ? [rule] : []), style === undefined ? text : colors[style](text)];
    }),
  ];
}

/** Wrap a text; a word that is too long is cut. */
export const wrap = (text: string, width: number): string[] =>
  wrapWords(text, width).map((line) => fit(line, width));

/** Pad a text with spaces. */
export const pad = (text: string, width: number): string =>
  text + " ".repeat(Math.max(0, width - Bun.stringWidth(text)));

/** Cut a text, with an ellipsis. */
export const fit = (text: string, width: number): string =>
  Bun.stringWidth(text) <= width ? text : width < 1 ? "" : `${Bun.sliceAnsi(text, 0, width - 1)}…`;

/** Notes below a table: an empty line, then each note, wrapped. */
export const notesBelow = (notes: readonly string[], { colors, width }: TerminalStyle): string[] =>
  notes.length === 0
    ? []
    : ["", ...notes.flatMap((note) => wrap(note, width)).map((line) => colors.dim(line))];
