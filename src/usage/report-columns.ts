/** The columns of each report. */

import type { Zone } from "../ledger/zones.ts";
import { duration } from "../line/look/format.ts";
import type { ReportRow } from "./aggregate.ts";
import type { BlockRow } from "./block-rows.ts";
import { type Format, lowerBoundMark, projectName, shortModel, shortSession } from "./format.ts";
import type { Column } from "./listing.ts";
import { priceJson, type RatesOf } from "./prices.ts";
import type { PeriodReport } from "./query.ts";
import type { ReportContext } from "./report-context.ts";
import { columnsIn, SUM_COLUMNS, type SumLine, sumJson } from "./sum-columns.ts";

/** A row of a report by period or session, or one of the lines below it. */
export interface PeriodLine extends SumLine {
  readonly row: ReportRow;
  /** The table's first cell, where the line is not the row itself. */
  readonly label?: string;
  /** What CSV has instead of the row's models. */
  readonly model?: string;
}

const TITLES = { daily: "Day", weekly: "Week", monthly: "Month", session: "Session" } as const;
const isoTime = (at: number): string => new Date(at).toISOString();

/** @param breakdown the models have lines of their own in tables */
export function periodColumns(
  report: PeriodReport,
  breakdown: boolean,
  ratesOf: RatesOf,
  { sessionPath, home }: Pick<ReportContext, "sessionPath" | "home">,
): Column<PeriodLine>[] {
  const isSession = report === "session";
  const pathOf = ({ project, key }: ReportRow) => sessionPath(project, key);
  const lastAt = ({ sum }: SumLine) => (Number.isFinite(sum.lastAt) ? isoTime(sum.lastAt) : undefined);
  const ofRow = (text: (row: ReportRow) => string) => (line: PeriodLine) =>
    line.label === undefined ? text(line.row) : "";
  const project: Column<PeriodLine> = {
    name: "project",
    json: null,
    csv: 2,
    value: ({ row }) => row.project,
    table: {
      title: "Project",
      drop: 3,
      cut: "middle",
      role: "directory",
      text: ofRow((row) => projectName(row.project, pathOf(row), home)),
    },
  };
  const models: Column<PeriodLine> = {
    name: "models",
    json: null,
    csv: 3,
    value: ({ row, model }) => model ?? row.models.map(({ name }) => name),
  };
  const modelsCell: Column<PeriodLine>["table"] = {
    title: "Models",
    drop: 8,
    cut: "end",
    text: ofRow(modelNames),
  };
  const last: Column<PeriodLine> = {
    name: "last",
    json: null,
    value: lastAt,
    table: { title: "Last", drop: 9, text: (line) => ofRow(() => lastAt(line)?.slice(0, 10) ?? "")(line) },
  };
  return [
    {
      name: "period",
      csv: 1,
      value: ({ row }) => row.key,
      table: {
        title: TITLES[report],
        cut: "end",
        text: ({ row, label }) => label ?? (isSession ? shortSession(row.key) : row.key),
      },
    },
    { name: "agent", value: () => (isSession ? "claude" : "all") },
    ...(isSession ? [project] : []),
    { name: "modelsUsed", value: ({ row }) => row.models.map(({ name }) => name).sort() },
    breakdown ? models : { ...models, table: modelsCell },
    ...SUM_COLUMNS,
    ...(isSession ? [last] : []),
    {
      name: "modelBreakdowns",
      value: ({ row }) =>
        row.models.map(({ name, sum }) => ({
          modelName: name,
          ...sumJson("model", sum),
          ...priceJson(ratesOf(name, sum.lastAt)),
        })),
    },
    {
      name: "metadata",
      value: (line) =>
        isSession
          ? {
              project: line.row.project,
              projectPath: pathOf(line.row),
              lastActivity: lastAt(line),
            }
          : { agents: ["claude"] },
    },
  ];
}

/** The models of a row as tables name them, most expensive first. */
const modelNames = ({ models }: Pick<ReportRow, "models">): string =>
  [...new Set(models.map(({ name }) => shortModel(name)))].join(", ");

/** A block, a gap, or the projection of the active block. */
export interface BlockLine extends SumLine {
  readonly row: BlockRow;
  /** In tables: the block above starts on the same day, whose date is not repeated. */
  readonly isSameDay?: boolean;
  readonly isProjection?: boolean;
}

/** @returns the local date and time: "2026-11-21", "09:00" */
export const localTime = (at: number, zone: Zone): readonly [date: string, time: string] => {
  const text = isoTime(at + zone.offsetMs(at));
  return [text.slice(0, 10), text.slice(11, 16)];
};

export function blockColumns(zone: Zone, now: number): Column<BlockLine>[] {
  const start = ({ row, isSameDay }: BlockLine): string => {
    const [date, time] = localTime(row.startAt, zone);
    return `${isSameDay ? " ".repeat(date.length) : date} ${time}`;
  };
  return [
    {
      name: "id",
      value: ({ row }) => (row.isGap ? `gap-${isoTime(row.startAt)}` : isoTime(row.startAt)),
    },
    {
      name: "startTime",
      csv: 1,
      value: ({ row }) => isoTime(row.startAt),
      table: {
        title: "Block",
        // The hour is the block's name.
        cut: "start",
        text: (line) => (line.isProjection ? "  projected" : start(line)),
      },
    },
    {
      name: "endTime",
      csv: 2,
      value: ({ row }) => isoTime(row.endAt),
      table: { title: "", drop: 1, hasMarks: true, text: (line, format) => blockState(line, format, now) },
    },
    { name: "actualEndTime", value: ({ row, sum }) => (row.isGap ? null : isoTime(sum.lastAt)) },
    { name: "isActive", csv: 3, value: ({ row }) => row.isActive },
    { name: "isGap", csv: 4, value: ({ row }) => row.isGap },
    { name: "endIsKnown", csv: 20, value: ({ row }) => row.endIsKnown },
    { name: "entries", csv: 6, value: ({ sum }) => sum.messages },
    { name: "tokenCounts", value: ({ sum }) => sumJson("tokenCounts", sum) },
    {
      name: "models",
      json: null,
      csv: 5,
      value: ({ row }) => row.models.map(({ name }) => name),
      table: {
        title: "Models",
        drop: 9,
        cut: "end",
        text: ({ row, isProjection }) => (isProjection ? "" : modelNames(row)),
      },
    },
    ...columnsIn("block").map(ofBlock),
    { name: "models", value: ({ row }) => row.modelsByTime },
    { name: "burnRate", value: ({ row }) => burnRate(row) },
    { name: "projection", value: ({ row }) => projection(row) },
  ];
}

function blockState({ row, isProjection }: BlockLine, format: Format, now: number): string {
  const { startAt, endAt, endIsKnown, isGap, isActive, sum, burn } = row;
  if (isProjection) return burn ? `${format.usd(burn.usdPerHour, sum.priced)}/h` : "";
  if (isGap) return `idle ${duration(endAt - startAt)}`;
  return isActive ? `${endIsKnown ? "" : "~"}${duration(endAt - now)} left` : duration(sum.lastAt - startAt);
}

/** A sum's column in the report by blocks: empty for gaps, and projected for projections. */
function ofBlock(column: Column<SumLine>): Column<BlockLine> {
  const { name, table } = column;
  if (!table) return column;
  const text = (line: BlockLine, format: Format): string => {
    if (line.row.isGap) return "";
    return line.isProjection ? projectedText(name, line.row, format) : table.text(line, format);
  };
  return { ...column, table: { ...table, text } };
}

function projectedText(name: string, { sum, burn }: BlockRow, format: Format): string {
  if (burn && name === "totalTokens")
    return lowerBoundMark(sum.tokensMissing) + format.count(Math.round(burn.projectedTokens));
  if (burn && name === "totalCost")
    return format.usd(burn.projectedUsd, sum.priced === "exact" ? "estimated" : sum.priced);
  return "";
}

function burnRate({ burn, sum }: BlockRow): object | null {
  if (!burn) return null;
  const { tokensPerMinute, usdPerHour } = burn;
  return {
    tokensPerMinute,
    tokensPerMinuteForIndicator: (tokensPerMinute * (sum.counts.input + sum.counts.output)) / sum.tokens,
    costPerHour: usdPerHour,
  };
}

function projection({ burn, sum }: BlockRow): object | null {
  if (!burn) return null;
  // ccusage rounds the minutes before it multiplies, and the cost to cents.
  const minutes = Math.round(burn.minutesLeft);
  return {
    totalTokens: Math.round(sum.tokens + burn.tokensPerMinute * minutes),
    totalCost: Math.round((sum.costUsd + (burn.usdPerHour / 60) * minutes) * 100) / 100,
    remainingMinutes: minutes,
  };
}
