/** The contract of a gathered part: one file in `parts/` and one line in its registry. */
import type { Config } from "../config/config.ts";
import type { LookupCache } from "../os/identity.ts";
import type { WorkingTrees } from "../os/run/executable.ts";
import type { Handover } from "../state/handover.ts";
import type { StatePaths } from "../state/paths.ts";
import type { AccountState, PartName, RepoState, SessionState } from "../state/schema.ts";
import type { CostSource } from "./cost/source.ts";

/** What a state file is about. */
export type ScopeName = keyof States;

export interface States {
  session: SessionState;
  repo: RepoState;
  account: AccountState;
}

/** What of the settings gathering depends on. */
export type GatherSettings = Pick<Config, "refresh" | "commands" | "prices" | "billing">;

/** What a part gets to work with. */
export interface Job<Scope extends ScopeName> {
  /** The scope's state as it is; a part may keep what it needs next time in the fields made for that. */
  readonly state: States[Scope];
  /** What is known of the session that the pass is for. */
  readonly request: Handover;
  readonly settings: GatherSettings;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The session's working trees: no program in these is run. */
  readonly trees: WorkingTrees;
  readonly paths: StatePaths;
  /** When the pass began. Unix milliseconds. */
  readonly now: number;
  /** Aborts at the part's deadline or the pass's: what the part started must then end. */
  readonly signal: AbortSignal;
  /** Process look-ups of this pass. */
  readonly lookups: LookupCache;
  /** Do all commands over, whatever their age. */
  readonly force: boolean;
  /** The ledger, brought up to date once in a pass, whoever asks first. */
  readonly money: CostSource;
  /** Tell the log something that is no failure. */
  note(message: string): void;
}

/** One gathered fact of one scope. */
export interface GatherPart<Scope extends ScopeName = ScopeName> {
  readonly name: PartName;
  readonly scope: Scope;
  /** What it gathers, in one line. */
  readonly about: string;
  /**
   * @returns the part's value as `state/schema.ts` has it
   * @throws Error whose message says in a few words what went wrong; the last good value then stays
   * @throws NotYet likewise, when it is only too early
   */
  gather(job: Job<Scope>): Promise<unknown>;
}

/** What a part throws when there is no value yet and nothing is wrong: it is tried again as usual, without backing off. */
export class NotYet extends Error {
  override readonly name = "NotYet";
}
