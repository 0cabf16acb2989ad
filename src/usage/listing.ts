/** Listings: columns and lines, written as JSON, CSV or a table. A column is declared once, for all outputs. */
import { csvLine } from "../cli/csv.ts";
import { toJson } from "../cli/json.ts";
import type { Format } from "./format.ts";
import { type FigureMark, isDrawn } from "./marks.ts";
import {
  drawTable,
  fitColumns,
  naturalWidth,
  notesBelow,
  type RowStyle,
  type TableColumn,
  type TerminalStyle,
} from "./table.ts";

/** JSON and tables have the columns in the order of their declaration. */
export interface Column<Line> {
  /** Header in CSV, and key in JSON. */
  readonly name: string;
  /** Key in JSON where it differs from the name; null: not in JSON. */
  readonly json?: string | null;
  /** Rank in CSV; absent: not in CSV. New columns go last, because scripts count columns. */
  readonly csv?: number;
  /** The value in JSON and CSV. CSV separates the items of a list by spaces; JSON omits undefined values. */
  value(line: Line): unknown;
  /** The cell in tables; absent: not in tables. */
  readonly table?: TableColumn & { text(line: Line, format: Format): string };
}

/** A line below a table. */
export interface TableNote {
  readonly text: string;
  /** What it explains. It is printed only if a figure of the table has this mark. */
  readonly mark?: FigureMark;
}

export interface Listing<Line> {
  readonly columns: readonly Column<Line>[];
  json(): object;
  readonly csvLines: readonly Line[];
  readonly tableLines: readonly (Line & RowStyle)[];
  /** Paragraphs below the table. */
  notes(format: Format): readonly (readonly TableNote[])[];
  /** The text of a table without lines. */
  readonly empty: string;
}

/** @param style called for tables only @returns lines of text */
export function writeListing<Line>(
  listing: Listing<Line>,
  output: "json" | "csv" | "table",
  style: () => TerminalStyle,
): string[] {
  const { columns, csvLines, tableLines } = listing;
  if (output === "json") return [toJson(listing.json(), 2)];
  if (output === "csv") return csvOf(columns, csvLines);
  if (tableLines.length === 0) return [listing.empty];
  return tableOf(listing, style());
}

export const jsonObject = <Line>(columns: readonly Column<Line>[], line: Line): object =>
  Object.fromEntries(
    columns.filter(({ json }) => json !== null).map(({ name, json, value }) => [json ?? name, value(line)]),
  );

function csvOf<Line>(columns: readonly Column<Line>[], lines: readonly Line[]): string[] {
  const shown = columns.filter(({ csv }) => csv !== undefined).sort((a, b) => (a.csv ?? 0) - (b.csv ?? 0));
  return [
    csvLine(shown.map(({ name }) => name)),
    ...lines.map((line) => csvLine(shown.map(({ value }) => csvCell(value(line))))),
  ];
}

function csvCell(value: unknown): string | number | boolean | null {
  if (Array.isArray(value)) return value.join(" ");
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

/** The table, with shortened counts where full ones do not fit, and the notes that it needs. */
function tableOf<Line>({ columns, tableLines, notes }: Listing<Line>, terminal: TerminalStyle): string[] {
  const { format, colors, width } = terminal;
  const shown = columns.flatMap(({ table }) => table ?? []);
  const rowsOf = (figures: Format) =>
    tableLines.map((line) => ({
      style: line.style,
      rule: line.rule,
      cells: shown.map(({ text }) => text(line, figures)),
    }));
  const full = rowsOf(format);
  const rows = naturalWidth(shown, full) <= width ? full : rowsOf({ ...format, count: format.short });
  const fitted = fitColumns(shown, rows, width);
  const figures = fitted.filter(({ align, hasMarks }) => align === "right" || hasMarks);
  const drawn = rows.flatMap(({ cells }) => figures.map(({ index }) => cells[index] ?? ""));
  const needed = notes(format).map((paragraph) =>
    paragraph.filter(({ mark }) => mark === undefined || isDrawn(mark, drawn)).map(({ text }) => text),
  );
  return [
    ...drawTable(fitted, rows, width, colors),
    ...needed.flatMap((paragraph) => notesBelow(paragraph, terminal)),
  ];
}
