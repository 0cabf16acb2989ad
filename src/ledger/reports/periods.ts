/** Reports by local day, week and month, and by session. */
import { dayName } from "../zones.ts";
import { groupBy, type Report, type Row } from "./report.ts";

/** 1 January 1970 was a Thursday; weeks begin on Monday. */
const mondayOf = (day: number): number => day - ((((day + 3) % 7) + 7) % 7);

export const byDay = (report: Report): Row[] => groupByDay(report, dayName);
export const byWeek = (report: Report): Row[] => groupByDay(report, (day) => dayName(mondayOf(day)));
export const byMonth = (report: Report): Row[] => groupByDay(report, (day) => dayName(day).slice(0, 7));

/** Each day is named once: a report has thousands of parts. */
function groupByDay(report: Report, nameOf: (day: number) => string): Row[] {
  const names = new Map<number, string>();
  return groupBy(report, ({ day }) => {
    let name = names.get(day);
    if (name === undefined) {
      name = nameOf(day);
      names.set(day, name);
    }
    return name;
  });
}

/** The dearest first. Subagents and resumed parts are their session's. */
export const bySession = (report: Report): Row[] =>
  groupBy(report, ({ session }) => session.name).sort((a, b) => b.sum.costUsd - a.sum.costUsd);
export const byProject = (report: Report): Row[] =>
  groupBy(report, ({ session }) => session.project).sort((a, b) => b.sum.costUsd - a.sum.costUsd);
