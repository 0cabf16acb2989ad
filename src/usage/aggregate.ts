/** Rows of reports: sums by local day, week and month, by session and by project. */
import type { PricedRollup, ReportData, SessionName } from "../ledger/report-data.ts";
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
  groupBy(report, ({ session }) => session.name).sort(byCost);
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
  readonly sessions = new Set<SessionName>();
  project = "";

  add({ rollup, cost, model, session }: PricedRollup): void {
    this.sum.add(rollup, cost);
    this.models.getOrInsertComputed(model, () => new Tally()).add(rollup, cost);
    this.sessions.add(session);
    this.project = session.project;
  }
}

type DayOfSession = Pick<PricedRollup, "day" | "session">;

/** Sum a report by key. @returns one row per key, sorted by key */
function groupBy(report: ReportData, keyOf: (part: DayOfSession) => string): ReportRow[] {
  const groups = new Map<string, RowBuilder>();
  const keysOfSession = new Map<SessionName, Set<string>>();
  const groupOf = (part: DayOfSession): RowBuilder => {
    const key = keyOf(part);
    keysOfSession.getOrInsertComputed(part.session, () => new Set<string>()).add(key);
    return groups.getOrInsertComputed(key, () => new RowBuilder());
  };
  for (const part of report.parts) groupOf(part).add(part);
  for (const each of report.unattributed) {
    const group = groupOf(each);
    group.sum.addUnattributed(each.booking);
    group.project ||= each.session.project;
  }
  return [...groups]
    .map(([key, { sum, models, sessions, project }]) => {
      // A row of whole, billed sessions has the client's own figures: it is not an estimate.
      const isBilled = [...sessions].every(
        (session) => session.settled && keysOfSession.get(session)?.size === 1,
      );
      if (isBilled) sum.priced = "exact";
      const byModel = [...models].map(([name, sum]) => ({ name, sum }));
      byModel.sort((a, b) => byCost(a, b) || a.name.localeCompare(b.name));
      return { key, sum, models: byModel, project };
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}
