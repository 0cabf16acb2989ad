/** What `plimsoll usage` can report. */
import type { CostMode, Zone } from "../ledger/index.ts";
import type { ReportFilter } from "../ledger/report-data.ts";

export const REPORTS = ["daily", "weekly", "monthly", "session", "blocks"] as const;
export type ReportName = (typeof REPORTS)[number];
export type PeriodReport = Exclude<ReportName, "blocks">;
/** The operands of `usage`; without one it shows the overview. */
export const VIEWS = [...REPORTS, "prices", "live", "export"] as const;
type View = (typeof VIEWS)[number] | "overview";

export interface Query extends Omit<ReportFilter, "zone"> {
  readonly view: View;
  /** An export has one JSON object per line. */
  readonly output: "table" | "json" | "csv";
  /** Undefined: the local zone. */
  readonly zone: Zone | undefined;
  readonly order: "asc" | "desc" | undefined;
  readonly breakdown: boolean;
  readonly mode: CostMode;
  readonly active: boolean;
  readonly recent: boolean;
}

export const filterOf = ({ since, until, project, model }: Query, zone: Zone): ReportFilter => ({
  zone,
  since,
  until,
  project,
  model,
});
