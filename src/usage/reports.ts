/** One report, from the ledger to the lines that are printed. */

import { toJson } from "../cli/json.ts";
import { clientWindow } from "../ledger/blocks.ts";
import type { Ledger } from "../ledger/index.ts";
import { type BlockRow, blockRows } from "../ledger/reports/block-rows.ts";
import { byDay, byMonth, bySession, byWeek } from "../ledger/reports/periods.ts";
import { loadReport, type ReportFilter, type Row } from "../ledger/reports/report.ts";
import { DAY_MS, dayOf, type Zone } from "../ledger/zones.ts";
import { blocksCsv, rowsCsv } from "./csv.ts";
import { blocksJson, rowsJson } from "./json.ts";
import { labelRates } from "./prices.ts";
import type { Query, ReportName } from "./query.ts";
import { blocksTable, type Look, rowsTable } from "./tables.ts";

/** What a report is drawn with; needed for tables only. */
export type LookOf = () => Look;

/**
 * @param fiveHourResetsAt when the client's five-hour window ends, if it is known. Unix milliseconds
 * @returns the report, ready to print
 */
export function report(
  ledger: Ledger,
  name: ReportName,
  query: Query,
  zone: Zone,
  now: number,
  look: LookOf,
  fiveHourResetsAt?: number,
): string {
  if (name === "blocks") {
    const rows = blocks(ledger, query, zone, now, fiveHourResetsAt);
    if (query.output === "json") return toJson(blocksJson(rows), 2);
    if (query.output === "csv") return blocksCsv(rows).join("\n");
    return rows.some(({ isGap }) => !isGap) ? blocksTable(rows, look(), zone, now).join("\n") : NOTHING;
  }
  const rows = periods(ledger, name, query, zone);
  const ratesOf = labelRates(ledger);
  if (query.output === "json") return toJson(rowsJson(name, rows, ratesOf), 2);
  if (query.output === "csv") return rowsCsv(rows, name === "session", query.breakdown).join("\n");
  return rows.length > 0 ? rowsTable(name, rows, look(), ratesOf).join("\n") : NOTHING;
}

export const NOTHING = "No usage in that range.";

const GROUPINGS = { daily: byDay, weekly: byWeek, monthly: byMonth, session: bySession } as const;

function periods(ledger: Ledger, name: Exclude<ReportName, "blocks">, query: Query, zone: Zone): Row[] {
  const rows = GROUPINGS[name](
    loadReport(ledger, filterOf(query, zone), name === "session" ? "session" : "day"),
  );
  if (name !== "session") return query.order === "desc" ? rows.reverse() : rows;
  if (query.order === undefined) return rows;
  const sign = query.order === "asc" ? 1 : -1;
  return rows.sort((a, b) => sign * (a.sum.lastAt - b.sum.lastAt));
}

const RECENT_DAYS = 3;

function blocks(
  ledger: Ledger,
  query: Query,
  zone: Zone,
  now: number,
  fiveHourResetsAt: number | undefined,
): BlockRow[] {
  const window = clientWindow(fiveHourResetsAt, now);
  const { project, model } = query;
  const whole: ReportFilter = { zone, ...(project && { project }), ...(model && { model }) };
  const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = query;
  const all = blockRows(loadReport(ledger, whole, "slot", window?.startAt), now, window);
  const rows = all.filter(({ startAt, isActive }) => {
    const day = dayOf(startAt, zone);
    if (day < since || day > until || (query.active && !isActive)) return false;
    return !query.recent || isActive || startAt >= now - RECENT_DAYS * DAY_MS;
  });
  return query.order === "desc" ? rows.reverse() : rows;
}

export const filterOf = ({ since, until, project, model }: Query, zone: Zone): ReportFilter => ({
  zone,
  ...(since === undefined ? {} : { since }),
  ...(until === undefined ? {} : { until }),
  ...(project === undefined ? {} : { project }),
  ...(model === undefined ? {} : { model }),
});
