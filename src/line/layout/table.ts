/**
 * Rows with aligned columns. The widest cells are fitted as if they were one row, by the rules of layout.ts; then all
 * rows have its columns: dropped, shortened and cut alike.
 */
import type { Config } from "../../config/config.ts";
import type { Terminal } from "../context.ts";
import { icon } from "../look/icons.ts";
import { palette } from "../look/theme.ts";
import type { Span } from "../segment.ts";
import { cells } from "./cells.ts";
import { clean } from "./clean.ts";
import { cutSpan, cutSpans, spanCells } from "./cut.ts";
import { type Block, type Form, fitRow, form, type Placed } from "./layout.ts";
import { paint, type TextRun } from "./paint.ts";
import { plainRun } from "./style.ts";

export interface AlignedColumn {
  /** Higher stays longer when the rows are too long. */
  readonly priority: number;
  /** Figures, whose ends are compared. */
  readonly alignRight?: boolean;
  /** Cells that its elastic spans keep as long as less important columns can be dropped instead. */
  readonly comfort?: number;
  /** Takes its short form before anything is cut or dropped. */
  readonly shortFirst?: boolean;
}

export interface AlignedCell {
  readonly spans: readonly Span[];
  /** A form with fewer cells, used when the rows are too long. */
  readonly short?: readonly Span[];
}

type Rows<Name extends string> = readonly Readonly<Partial<Record<Name, AlignedCell>>>[];

const SEPARATOR = "  ";

/**
 * @param columns by name, from the left
 * @param given cells by column; a missing one is left blank
 * @param limit cells of a row, at least 1
 * @returns the rows, in order; empty for a row without anything visible
 */
export function drawTable<Name extends string>(
  columns: Readonly<Record<Name, AlignedColumn>>,
  given: Rows<Name>,
  limit: number,
  config: Config,
  terminal: Terminal,
): string[] {
  const names = Object.keys(columns) as Name[];
  const ellipsis = icon(config.icons, "ellipsis");
  const separator = clean(config.separator ?? SEPARATOR);
  const gap = cells(separator);
  const joiner = { cost: (count: number) => Math.max(0, count - 1) * gap, draw: () => [] };
  const blocksOf = (rows: Rows<Name>) =>
    names.flatMap((name, id) => blockOf(columns[name], id, cellsOf(rows, name)));
  const natural = blocksOf(given);
  const width = natural.reduce((sum, { full }) => sum + full.cells, joiner.cost(natural.length));
  const rows = width > limit ? shortenFirst(columns, given) : given;
  const blocks = rows === given ? natural : blocksOf(rows);
  const { left: placed } = fitRow(blocks, [], limit, joiner, ellipsis);
  const colors = palette(config.theme, config.colors, terminal);
  return rows.map((row) => {
    const runs: TextRun[] = [];
    for (const column of placed) {
      const name = names[column.id] as Name;
      if (runs.length > 0) runs.push({ text: separator, fg: colors.fg("muted") });
      const spans = fitCell(row[name], column, ellipsis);
      const padding = { text: " ".repeat(Math.max(0, column.cells - spanCells(spans))) };
      const texts = spans.map(({ text, role }) => plainRun(text, role, colors));
      runs.push(...(columns[name].alignRight ? [padding, ...texts] : [...texts, padding]));
    }
    return paint(trimEnd(runs, separator));
  });
}

/** The rows with short forms in the columns that take them first. */
function shortenFirst<Name extends string>(
  columns: Readonly<Record<Name, AlignedColumn>>,
  rows: Rows<Name>,
): Rows<Name> {
  const names = (Object.keys(columns) as Name[]).filter((name) => columns[name].shortFirst);
  return rows.map((row) => {
    const changed: Partial<Record<Name, AlignedCell>> = { ...row };
    for (const name of names) {
      const short = row[name]?.short;
      if (short !== undefined) changed[name] = { spans: short };
    }
    return changed;
  });
}

function cellsOf<Name extends string>(rows: Rows<Name>, name: Name) {
  return rows.flatMap((row): AlignedCell[] => (row[name] === undefined ? [] : [row[name] as AlignedCell]));
}

/** A column as a block of its greatest width. */
function blockOf({ priority, comfort = 0 }: AlignedColumn, id: number, all: readonly AlignedCell[]): Block[] {
  const full = widest(
    all.map(({ spans }) => form(spans)),
    comfort,
  );
  if (full === undefined) return [];
  return [
    {
      id,
      priority,
      role: "text",
      level: "normal",
      full,
      short() {
        const short = widest(
          all.map(({ spans, short = spans }) => form(short)),
          0,
        );
        return short && short.least < full.least ? short : undefined;
      },
    },
  ];
}

/** A form as wide as the widest, that can be cut as far as all of them can. */
function widest(forms: readonly (Form | undefined)[], comfort: number): Form | undefined {
  let width = 0;
  let least = 0;
  for (const each of forms) {
    if (each === undefined) continue;
    width = Math.max(width, each.cells);
    least = Math.max(least, each.least, Math.min(each.cells, comfort));
  }
  if (width === 0) return undefined;
  return { spans: [{ text: "x".repeat(width), role: "text", elastic: least }], cells: width, least };
}

/** A cell's spans, cut to the width of its column. */
function fitCell(cell: AlignedCell | undefined, column: Placed, ellipsis: string): readonly Span[] {
  const chosen = column.placement === "short" ? (cell?.short ?? cell?.spans) : cell?.spans;
  const spans = form(chosen ?? [])?.spans ?? [];
  const excess = spanCells(spans) - column.cells;
  if (excess <= 0) return spans;
  const [only, ...others] = spans;
  return only?.elastic !== undefined && others.length === 0 && column.placement !== "cut"
    ? [cutSpan(only, column.cells, ellipsis)]
    : cutSpans(spans, column.cells, ellipsis);
}

/** Without blanks and separators at the end. */
function trimEnd(runs: readonly TextRun[], separator: string): TextRun[] {
  let end = runs.length;
  while (end > 0 && (runs[end - 1]?.text.trim() === "" || runs[end - 1]?.text === separator)) end -= 1;
  return runs.slice(0, end);
}
