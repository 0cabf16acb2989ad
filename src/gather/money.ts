/** The ledger as a pass uses it: brought up to date once, asked for the account's and the session's figures. */
import type { AccountUsage, SessionUsage } from "../state/schema.ts";

export interface Money {
  /**
   * Read what was appended to the transcripts since the last time. Once in a pass, however many parts ask; not at all
   * while another pass does it.
   */
  index(signal: AbortSignal): Promise<void>;
  account(now: number): Promise<AccountUsage>;
  session(sessionId: string, now: number): Promise<SessionUsage>;
  /** Let go of the ledger. */
  close(): void;
}
