/** Where a pass gets cost and tokens from. */
import type { AccountUsage, SessionUsage } from "../../state/parts.ts";
import type { Pass } from "../part.ts";

/** A pass before its cost source is open. */
export type CostContext = Omit<Pass, "cost">;

/** The cost source of one pass. Each method throws an Error with the reason. */
export interface CostSource {
  /** Bring the source up to date: once in a pass, however many parts ask, and not while another pass does it. */
  index(): Promise<void>;
  /**
   * @param before the previous figures, which tell whether a first index was complete
   * @param fiveHourResetsAt when the client's five-hour window ends, if known. Unix milliseconds
   */
  account(before: AccountUsage | null | undefined, fiveHourResetsAt?: number): Promise<AccountUsage>;
  /** @param before the session's previous figures */
  session(sessionId: string, before: SessionUsage | null | undefined): Promise<SessionUsage>;
  /** Abort what is running, and release the source. */
  close(): Promise<void>;
}

/** The source that the configuration selects, loaded by the first part that needs it: most passes only run git. */
export function costSource(pass: CostContext): CostSource {
  let source: Promise<CostSource> | undefined;
  const opened = () => {
    source ??= open(pass);
    return source;
  };
  return {
    index: async () => (await opened()).index(),
    account: async (...args) => (await opened()).account(...args),
    session: async (...args) => (await opened()).session(...args),
    close: async () => (await source)?.close(),
  };
}

async function open(pass: CostContext): Promise<CostSource> {
  if (pass.config.billing.source === "ccusage") {
    const { CcusageCost } = await import("./ccusage.ts");
    return new CcusageCost(pass);
  }
  const { LedgerCost } = await import("./ledger.ts");
  return new LedgerCost(pass);
}
