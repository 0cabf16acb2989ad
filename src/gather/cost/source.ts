/** Where a pass has its figures of money from. */
import type { WorkingTrees } from "../../os/run/executable.ts";
import type { Handover } from "../../state/handover.ts";
import type { StatePaths } from "../../state/paths.ts";
import type { AccountUsage, SessionUsage } from "../../state/schema.ts";
import type { GatherSettings } from "../part.ts";

/** One source of money for one pass. Each method throws an Error that says what is wrong. */
export interface CostSource {
  /** Bring the source up to date: once in a pass, however many parts ask, and not while another pass does it. */
  index(): Promise<void>;
  /**
   * @param before the figures there were, which tell whether a first index was complete
   * @param fiveHourResetsAt when the client's five-hour window ends, if it is known. Unix milliseconds
   */
  account(before: AccountUsage | null | undefined, fiveHourResetsAt?: number): Promise<AccountUsage>;
  /** @param before the session's figures there were */
  session(sessionId: string, before: SessionUsage | null | undefined): Promise<SessionUsage>;
  /** Stop what is going on, and let go of the source. */
  close(): Promise<void>;
}

/** What a source gets to know of its pass. */
export interface MoneyOptions {
  readonly paths: StatePaths;
  readonly request: Handover;
  readonly settings: GatherSettings;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** No program in these is run. */
  readonly trees: WorkingTrees;
  /** Look at every transcript, not at the active ones alone. */
  readonly force?: boolean;
  /** Read the whole history again. */
  readonly reindex?: boolean;
  /** Unix milliseconds. */
  readonly now: number;
  /** Aborts when the pass has to end. */
  readonly signal: AbortSignal;
  note(message: string): void;
  onProgress?(bytesRead: number, bytesTotal: number): void;
}

/** The source that the settings ask for. */
export async function openMoney(options: MoneyOptions): Promise<CostSource> {
  if (options.settings.billing.source === "ccusage") {
    const { CcusageMoney } = await import("./ccusage.ts");
    return new CcusageMoney(options);
  }
  const { LedgerMoney } = await import("./ledger.ts");
  return new LedgerMoney(options);
}
