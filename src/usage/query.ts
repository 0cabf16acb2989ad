/** What `plimsoll usage` may be asked for. */
import type { CostMode, Zone } from "../ledger/index.ts";

export const REPORTS = ["daily", "weekly", "monthly", "session", "blocks"] as const;
export type ReportName = (typeof REPORTS)[number];
/** What may follow `usage`; without one of these it is the overview. */
export const VIEWS = [...REPORTS, "prices", "live", "export"] as const;
export type View = (typeof VIEWS)[number] | "overview";

export interface Query {
  readonly view: View;
  readonly output: "table" | "json" | "csv" | "jsonl";
  /** The first and the last local day: days since 1970-01-01. */
  readonly since: number | undefined;
  readonly until: number | undefined;
  /** The process's own when undefined. */
  readonly zone: Zone | undefined;
  /** A slug, a model's full name: as the ledger has them. */
  readonly project: string | undefined;
  readonly model: string | undefined;
  readonly order: "asc" | "desc" | undefined;
  readonly breakdown: boolean;
  readonly mode: CostMode;
  readonly active: boolean;
  readonly recent: boolean;
}
