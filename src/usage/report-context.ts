/** What reports are made from, besides the query. */
import type { DirectoryLookup } from "../claude/project-path.ts";
import type { Ledger, Zone } from "../ledger/index.ts";
import type { TerminalStyle } from "./table.ts";

export interface ReportContext extends DirectoryLookup {
  readonly ledger: Ledger;
  readonly zone: Zone;
  /** Unix milliseconds. */
  readonly now: number;
  /** End of the client's five-hour window, if known. Unix milliseconds. */
  readonly fiveHourResetsAt?: number | undefined;
  readonly home?: string | undefined;
  /** Where transcripts are looked for. */
  readonly transcriptFolders: readonly string[];
  /** Called for tables only, because it examines the terminal. */
  style(): TerminalStyle;
}
