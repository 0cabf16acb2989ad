/** The contract of a gathered part, and the one context that a pass hands to everything in it. */

import type { Config } from "../config/config.ts";
import type { Environment } from "../os/environment.ts";
import type { LookupCache } from "../os/identity.ts";
import type { WorkingTrees } from "../os/run/executable.ts";
import type { PassRequest } from "../state/handover.ts";
import type { AccountUsage, PARTS, PartName, PartValue, SessionUsage } from "../state/parts.ts";
import type { StatePaths } from "../state/paths.ts";
import type { State } from "../state/scopes.ts";

/** One pass, as its scopes and parts see it. */
export interface Pass {
  readonly paths: StatePaths;
  /** The session, working tree and account that the pass is for. */
  readonly request: PassRequest;
  readonly config: Pick<Config, "refresh" | "commands" | "prices" | "billing">;
  readonly env: Environment;
  /** The session's working trees: no program in these is run. */
  readonly trees: WorkingTrees;
  /** Gather everything, whatever its age and even while backing off. */
  readonly force: boolean;
  /** Index the whole history again. */
  readonly reindex: boolean;
  /** Wait this long for the lock of a scope; 0 tries once. Milliseconds. */
  readonly waitMs: number;
  /** When the pass began; for a scope and its parts, when the scope was locked. Unix milliseconds. */
  readonly now: number;
  /** Aborts when the pass must end; for a part, at its own deadline as well. What the part started must then end. */
  readonly signal: AbortSignal;
  /** Process look-ups of this pass. */
  readonly lookups: LookupCache;
  readonly cost: CostSource;
  log(message: string): void;
  /** Reports how far a long index is. */
  onProgress?: ((bytesRead: number, bytesTotal: number) => void) | undefined;
}

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

/** A pass before its cost source is open. */
export type CostContext = Omit<Pass, "cost">;

/**
 * Gather one part.
 * @param state its scope's state; a part may keep what it needs next time in the fields meant for that
 * @throws NotYet if the value is not known yet and nothing is wrong
 * @throws Error with the reason in a few words. Either way the last valid value stays
 */
export type Gather<Name extends PartName = PartName> = (
  state: State<(typeof PARTS)[Name]["scope"]>,
  pass: Pass,
) => Promise<PartValue<Name>>;

/** There is no value yet: the part is retried as usual, without backing off. */
export class NotYet extends Error {
  override readonly name = "NotYet";
}
