/** Reports by local day, week and month, and by session. */
import { dayName } from "../zones.ts";
import { groupBy, type Report, type Row } from "./report.ts";

/** 1 January 1970 was a Thursday; weeks begin on Monday. */
const mondayOf = (day: number): number => day - ((((day + 3) % 7) + 7) % 7);

export const byDay = (report: Report): Row[] => groupBy(report, ({ day }) => dayName(day));
export const byWeek = (report: Report): Row[] => groupBy(report, ({ day }) => dayName(mondayOf(day)));
export const byMonth = (report: Report): Row[] => groupBy(report, ({ day }) => dayName(day).slice(0, 7));
/** The dearest first. Subagents and resumed parts are their session's. */
export const bySession = (report: Report): Row[] =>
  groupBy(report, ({ session }) => session.name).sort((a, b) => b.sum.costUsd - a.sum.costUsd);
export const byProject = (report: Report): Row[] =>
  groupBy(report, ({ session }) => session.project).sort((a, b) => b.sum.costUsd - a.sum.costUsd);
