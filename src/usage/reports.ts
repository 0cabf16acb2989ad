/** One report, from the ledger to text: query, aggregate, columns, output. */

import { clientWindow } from "../ledger/blocks.ts";
import { loadReport } from "../ledger/report-data.ts";
import type { Tally } from "../ledger/tally.ts";
import { DAY_MS, dayOf } from "../ledger/zones.ts";
import { byDay, byMonth, bySession, byWeek, type ReportRow, totalOf } from "./aggregate.ts";
import { type BlockRow, blockRows } from "./block-rows.ts";
import { shortModel } from "./format.ts";
import { jsonObject, type Listing, writeListing } from "./listing.ts";
import { blockNotes, isVisible, priceNotes, sumNotes } from "./notes.ts";
import { labelRates } from "./prices.ts";
import { filterOf, type PeriodReport, type Query, type ReportName } from "./query.ts";
import { type BlockLine, blockColumns, localTime, type PeriodLine, periodColumns } from "./report-columns.ts";
import type { ReportContext } from "./report-context.ts";
import { SUM_COLUMNS } from "./sum-columns.ts";
import type { RowStyle } from "./table.ts";

const EMPTY = "No usage in that range.";

/** @returns lines of text @throws LedgerError */
export function report(name: ReportName, query: Query, context: ReportContext): string[] {
  const { output } = query;
  return name === "blocks"
    ? writeListing(blockListing(query, context), output, context.style)
    : writeListing(periodListing(name, query, context), output, context.style);
}

type StyledPeriodLine = PeriodLine & RowStyle;

function periodListing(name: PeriodReport, query: Query, context: ReportContext): Listing<PeriodLine> {
  const rows = periodRows(name, query, context);
  const ratesOf = labelRates(context.ledger);
  const columns = periodColumns(name, query.breakdown, ratesOf, context);
  const total = { row: { key: "", sum: totalOf(rows), models: [], project: "" }, label: "Total" };
  const linesOf = (isIncluded: (unattributed: Tally) => boolean) =>
    rows.flatMap((row) => [{ row, sum: row.sum }, ...(query.breakdown ? breakdown(row, isIncluded) : [])]);
  return {
    columns,
    json: () => ({
      [name]: rows.map((row) => jsonObject(columns, { row, sum: row.sum })),
      totals: jsonObject(SUM_COLUMNS, total.row),
    }),
    csvLines: linesOf(({ costUsd, tokens }) => costUsd !== 0 || tokens > 0),
    tableLines:
      rows.length === 0
        ? []
        : [
            ...linesOf(isVisible),
            { ...total, sum: total.row.sum, style: "bold", rule: true },
            ...unattributedLine(total.row, "unattributed", isVisible),
          ],
    notes: (format) => [
      sumNotes(rows, total.row.sum, format, query.breakdown),
      query.breakdown ? priceNotes(rows, ratesOf) : [],
    ],
    empty: EMPTY,
  };
}

/** The lines below a row: its models, and what is unattributed, so that they add up to the row. */
const breakdown = (row: ReportRow, isIncluded: (unattributed: Tally) => boolean): StyledPeriodLine[] => [
  ...row.models.map(({ name, sum }) => ({
    row,
    sum,
    label: `  ${shortModel(name)}`,
    model: name,
    style: "dim" as const,
  })),
  ...unattributedLine(row, "  unattributed", isIncluded),
];

function unattributedLine(
  row: ReportRow,
  label: string,
  isIncluded: (unattributed: Tally) => boolean,
): StyledPeriodLine[] {
  const { unattributed } = row.sum;
  if (!unattributed || !isIncluded(unattributed)) return [];
  return [{ row, sum: unattributed, isUnattributed: true, label, model: "unattributed", style: "dim" }];
}

const GROUPINGS = { daily: byDay, weekly: byWeek, monthly: byMonth, session: bySession } as const;

function periodRows(name: PeriodReport, query: Query, { ledger, zone }: ReportContext): ReportRow[] {
  const grain = name === "session" ? "session" : "day";
  const rows = GROUPINGS[name](loadReport(ledger, filterOf(query, zone), grain));
  if (name !== "session") return query.order === "desc" ? rows.reverse() : rows;
  if (query.order === undefined) return rows;
  const sign = query.order === "asc" ? 1 : -1;
  return rows.sort((a, b) => sign * (a.sum.lastAt - b.sum.lastAt));
}

function blockListing(query: Query, context: ReportContext): Listing<BlockLine> {
  const columns = blockColumns(context.zone, context.now);
  const lines = selectBlocks(query, context).map((row) => ({ row, sum: row.sum }));
  const dateOf = (line: BlockLine | undefined) => line && localTime(line.row.startAt, context.zone)[0];
  return {
    columns,
    json: () => ({ blocks: lines.map((line) => jsonObject(columns, line)) }),
    csvLines: lines,
    tableLines: lines.every(({ row }) => row.isGap)
      ? []
      : lines.flatMap((line, index): (BlockLine & RowStyle)[] => {
          const { isGap, isActive, burn } = line.row;
          const isSameDay = dateOf(line) === dateOf(lines[index - 1]);
          return [
            { ...line, isSameDay, style: isGap ? "dim" : isActive ? "bold" : undefined },
            ...(burn ? [{ ...line, isProjection: true, style: "dim" as const }] : []),
          ];
        }),
    notes: () => [blockNotes(lines.map(({ row }) => row))],
    empty: EMPTY,
  };
}

const RECENT_DAYS = 3;

function selectBlocks(query: Query, { ledger, zone, now, fiveHourResetsAt }: ReportContext): BlockRow[] {
  const window = clientWindow(fiveHourResetsAt, now);
  const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = query;
  const filter = { ...filterOf(query, zone), since: undefined, until: undefined };
  const rows = blockRows(loadReport(ledger, filter, "slot", window?.startAt), now, window).filter(
    ({ startAt, isActive }) => {
      const day = dayOf(startAt, zone);
      if (day < since || day > until || (query.active && !isActive)) return false;
      return !query.recent || isActive || startAt >= now - RECENT_DAYS * DAY_MS;
    },
  );
  return query.order === "desc" ? rows.reverse() : rows;
}
