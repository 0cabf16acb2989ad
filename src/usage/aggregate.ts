/**
 * Rows of reports: sums by local day, week and month, by session and by project.
 *
 * A sum is an estimate if the price of any message in it is one. Only a session whose own bill covers all of its messages
 * is not: its sum is the client's figure.
 */
import type { PricedRollup, ReportData } from "../ledger/report-data.ts";
import { Tally } from "../ledger/tally.ts";
import { dayName } from "../ledger/zones.ts";

export interface ModelSum {
  readonly name: string;
  readonly sum: Tally;
}

export interface ReportRow {
  /** A day, a week's first day, a month, a session or a project. */
  readonly key: string;
  /** Includes unattributed usage. */
  readonly sum: Tally;
  /** Without unattributed usage, most expensive first. */
  readonly models: readonly ModelSum[];
  readonly project: string;
}

/** Days since 1970-01-01, a Thursday. @returns the week's Monday */
export const mondayOf = (day: number): number => day - weekdayOf(day);

/** @returns 0 for Monday to 6 for Sunday */
const weekdayOf = (day: number): number => (((day + 3) % 7) + 7) % 7;

export const byDay = (report: ReportData): ReportRow[] => groupByDay(report, dayName);
export const byWeek = (report: ReportData): ReportRow[] =>
  groupByDay(report, (day) => dayName(mondayOf(day)));
export const byMonth = (report: ReportData): ReportRow[] =>
  groupByDay(report, (day) => dayName(day).slice(0, 7));

/** Most expensive first. Subagents and resumed parts belong to their session. */
export const bySession = (report: ReportData): ReportRow[] =>
  groupBy(report, ({ session }) => session.name, { byBill: true }).sort(byCost);
export const byProject = (report: ReportData): ReportRow[] =>
  groupBy(report, ({ session }) => session.project).sort(byCost);

/** All models of a report, most expensive first. */
export const byModel = (report: ReportData): readonly ModelSum[] =>
  groupBy({ ...report, unattributed: [] }, () => "").flatMap(({ models }) => models);

/** Compare two sums for sorting, most expensive first. */
export const byCost = (a: { readonly sum: Tally }, b: { readonly sum: Tally }): number =>
  b.sum.costUsd - a.sum.costUsd;

/** The sum of all rows. */
export function totalOf(rows: readonly { readonly sum: Tally }[]): Tally {
  const total = new Tally();
  for (const { sum } of rows) total.merge(sum);
  return total;
}

/** Computes each day's name once: a report has thousands of parts. */
function groupByDay(report: ReportData, nameOf: (day: number) => string): ReportRow[] {
  const names = new Map<number, string>();
  return groupBy(report, ({ day }) => names.getOrInsertComputed(day, () => nameOf(day)));
}

class RowBuilder {
  readonly sum = new Tally();
  readonly models = new Map<string, Tally>();
  isBilled = true;
  project = "";

  add({ rollup, cost, model, session }: PricedRollup): void {
    this.sum.add(rollup, cost);
    this.models.getOrInsertComputed(model, () => new Tally()).add(rollup, cost);
    this.isBilled &&= session.settled;
    this.project = session.project;
  }
}

type DayOfSession = Pick<PricedRollup, "day" | "session">;

/**
 * Sum a report by key.
 * @param options `byBill`: a row is exact if the bill covers all of its messages
 * @returns one row per key, sorted by key
 */
function groupBy(
  report: ReportData,
  keyOf: (part: DayOfSession) => string,
  { byBill = false } = {},
): ReportRow[] {
  const groups = new Map<string, RowBuilder>();
  const groupOf = (part: DayOfSession): RowBuilder =>
    groups.getOrInsertComputed(keyOf(part), () => new RowBuilder());
  for (const part of report.parts) groupOf(part).add(part);
  for (const each of report.unattributed) {
    const group = groupOf(each);
    group.sum.addUnattributed(each.booking);
    group.project ||= each.session.project;
  }
  return [...groups]
    .map(([key, { sum, models, isBilled, project }]) => {
      if (byBill && isBilled && sum.messages > 0) sum.priced = "exact";
      const byModel = [...models].map(([name, sum]) => ({ name, sum }));
      byModel.sort((a, b) => byCost(a, b) || a.name.localeCompare(b.name));
      return { key, sum, models: byModel, project };
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}
