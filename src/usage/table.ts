/** Tables that fit the terminal: optional columns are dropped, long texts are cut. Widths are in terminal cells. */
import { wrap as wrapWords } from "../cli/columns.ts";
import { cutMiddle, takeEnd } from "../line/layout/cells.ts";
import type { Levels } from "../line/level.ts";
import type { Role } from "../line/segment.ts";
import type { ReportColors } from "./colors.ts";
import type { Format } from "./format.ts";

export interface TableColumn {
  readonly title: string;
  readonly align?: "right";
  /** Columns with the highest number are dropped first; one without a number is never dropped. */
  readonly drop?: number;
  /** The text may lose its end, as a list; its middle, as a path; or, where nothing else helps, its start. */
  readonly cut?: "end" | "middle" | "start";
  /** It has marked figures although it is not aligned as figures are. */
  readonly hasMarks?: boolean;
  /** The colour of its cells in rows without a style. */
  readonly role?: Role;
}

export interface RowStyle {
  readonly style?: "dim" | "bold" | undefined;
  /** Draw a rule above the row. */
  readonly rule?: boolean | undefined;
}

export interface TableRow extends RowStyle {
  readonly cells: readonly string[];
}

/** How to write for a person's terminal. */
export interface TerminalStyle {
  readonly format: Format;
  readonly colors: ReportColors;
  readonly width: number;
  /** The shape of bars, as in the line by default. */
  readonly bar: string;
  /** From which cost on the line marks the block. USD. */
  readonly blockLevels: Levels;
}

const GAP = "  ";
/** Texts are cut to this before columns are dropped, and below it only afterwards. */
const READABLE = { end: 12, middle: 20, start: Number.POSITIVE_INFINITY } as const;

const widthsOf = (columns: readonly TableColumn[], rows: readonly TableRow[]): number[] =>
  columns.map(({ title }, index) =>
    Math.max(Bun.stringWidth(title), ...rows.map(({ cells }) => Bun.stringWidth(cells[index] ?? ""))),
  );

const sumOf = (widths: readonly number[]): number =>
  widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length);

/** The width at which nothing is dropped or cut. */
export const naturalWidth = (columns: readonly TableColumn[], rows: readonly TableRow[]): number =>
  sumOf(widthsOf(columns, rows));

/** A column that is not dropped, and its place in a row's cells. */
export interface FittedColumn extends TableColumn {
  readonly index: number;
  readonly width: number;
}

/** @returns the columns that fit; together at most `width`, unless those that remain need more than a cell each */
export function fitColumns(
  columns: readonly TableColumn[],
  rows: readonly TableRow[],
  width: number,
): FittedColumn[] {
  const natural = widthsOf(columns, rows);
  let kept = columns.map((column, index) => ({ ...column, index, width: natural[index] ?? 0 }));
  const total = () => sumOf(kept.map((column) => column.width));
  const cut = (least: Readonly<Record<NonNullable<TableColumn["cut"]>, number>>) => {
    for (let over = total() - width; over > 0; over--) {
      const cuttable = kept.filter((column) => column.cut !== undefined && column.width > least[column.cut]);
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
  cut({ end: 1, middle: 1, start: 1 });
  return kept;
}

/** @param columns as fitted to these rows @returns lines */
export function drawTable(
  columns: readonly FittedColumn[],
  rows: readonly TableRow[],
  width: number,
  colors: ReportColors,
): string[] {
  const line = (cells: readonly string[], isPainted: boolean): string =>
    columns
      .map((column) => {
        const text = cutTo(cells[column.index] ?? "", column.width, column.cut);
        const space = " ".repeat(column.width - Bun.stringWidth(text));
        const shown = isPainted && column.role !== undefined ? colors.paint(column.role, text) : text;
        return column.align === "right" ? space + shown : shown + space;
      })
      .join(GAP)
      .trimEnd();
  const rule = colors.dim("─".repeat(Math.min(width, Math.max(1, sumOf(columns.map((each) => each.width))))));
  const titles: string[] = [];
  for (const { index, title } of columns) titles[index] = title;
  return [
    colors.bold(line(titles, false)),
    rule,
    ...rows.flatMap(({ cells, style, rule: hasRule }) => {
      const text = line(cells, style === undefined);
      return [...(hasRule ? [rule] : []), style === undefined ? text : colors[style](text)];
    }),
  ];
}

function cutTo(text: string, width: number, cut: TableColumn["cut"]): string {
  if (Bun.stringWidth(text) <= width) return text;
  if (cut === "start") return width < 2 ? takeEnd(text, width) : `…${takeEnd(text, width - 1)}`;
  return cut === "middle" ? fitPath(text, width) : fit(text, width);
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

/** Cut the middle of a path, with an ellipsis. */
export const fitPath = (path: string, width: number): string => cutMiddle(path, Math.max(0, width), "…");

/** Notes below a table: an empty line, then each note, wrapped. */
export const notesBelow = (notes: readonly string[], { colors, width }: TerminalStyle): string[] =>
  notes.length === 0
    ? []
    : ["", ...notes.flatMap((note) => wrap(note, width)).map((line) => colors.dim(line))];
