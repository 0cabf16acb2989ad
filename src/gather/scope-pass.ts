/**
 * One scope of a pass: under the scope's lock, its due parts are gathered concurrently. The state file is written soon
 * after a part is done, so that a slow part does not hold back a quick one.
 */

import { LockError } from "../os/lock/file.ts";
import { acquire, tryLock } from "../os/lock/flock.ts";
import { dueParts, isBackingOff } from "../state/due.ts";
import { oneLine } from "../state/log.ts";
import { PARTS, type PartName, type ScopeName } from "../state/parts.ts";
import { scopeLock, stateFile } from "../state/paths.ts";
import { type Attempts, emptyState, type Part, readState, type State } from "../state/scopes.ts";
import { withoutUndefined } from "../state/shape.ts";
import { BACK_OFF_LIMIT_MS, EARLY_SHARE, FIRST_BACK_OFF_MS, SAVE_DELAY_MS } from "../state/timeouts.ts";
import { writeState } from "../state/write.ts";
import { AttemptLimit, failedPart } from "./attempt.ts";
import type { Pass } from "./part.ts";
import { GATHER } from "./parts/index.ts";

/** The outcome of one part. */
export interface PartReport {
  readonly scope: ScopeName;
  /** Its key in the scope's state file. */
  readonly part: (typeof PARTS)[PartName]["key"];
  /** fresh: not old enough to be gathered again. waiting: there is no value yet, and nothing is wrong. */
  readonly outcome: "good" | "failed" | "waiting" | "fresh";
  readonly tookMs: number;
  readonly error?: string;
}

/** The outcome of a scope. */
export interface ScopeReport {
  readonly scope: ScopeName;
  /**
   * - gathered: at least one part was due
   * - fresh: nothing was due
   * - busy: another pass holds the lock
   * - backing off: it failed recently
   * - locked out: its lock cannot be used; `error` says why
   */
  readonly outcome: "gathered" | "fresh" | "busy" | "backing off" | "locked out";
  readonly error?: string;
}

interface Outcome {
  readonly report: ScopeReport;
  readonly parts: readonly PartReport[];
}

/**
 * Gather what is due in a scope. Never throws for what goes wrong in it.
 * @param begin updates the state from the request; returns parts that are due whatever their age
 */
export async function gatherScope<Scope extends ScopeName>(
  scope: Scope,
  id: string,
  pass: Pass,
  begin: (state: State<Scope>, pass: Pass) => PartName[] = () => [],
): Promise<Outcome> {
  const { paths, waitMs, signal } = pass;
  const lockPath = scopeLock(paths, scope, id);
  const command = `gather ${scope}`;
  try {
    using lock = waitMs
      ? await acquire(lockPath, { waitMs, signal, command })
      : tryLock(lockPath, { command });
    if (!lock) return { report: { scope, outcome: "busy" }, parts: [] };
    // Now: the pass that was waited for has gathered since this one began.
    const scopePass = new ScopePass(scope, id, { ...pass, now: Date.now() });
    return await scopePass.gather(begin);
  } catch (error) {
    if (!(error instanceof LockError)) throw error;
    return { report: { scope, outcome: "locked out", error: oneLine(error.message) }, parts: [] };
  }
}

class ScopePass<Scope extends ScopeName> {
  readonly #scope: ScopeName;
  readonly #file: string;
  readonly #state: State<Scope>;
  readonly #pass: Pass;
  readonly #reports: PartReport[] = [];
  #due: PartName[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** Why the state file could not be written, the last time. */
  #writeError: string | undefined;

  constructor(scope: Scope, id: string, pass: Pass) {
    this.#scope = scope;
    this.#file = stateFile(pass.paths, scope, id);
    this.#state = readState(pass.paths, scope, id) ?? emptyState(scope, id);
    this.#pass = pass;
  }

  async gather(begin: (state: State<Scope>, pass: Pass) => PartName[]): Promise<Outcome> {
    const { force, now, config } = this.#pass;
    const news = begin(this.#state, this.#pass);
    if (!force && isBackingOff(this.#state.attempts, now)) return this.#outcome("backing off");
    const due = dueParts(this.#scope, this.#state.parts, now, config, EARLY_SHARE);
    this.#due = this.#names().filter((name) => force || due.includes(name) || news.includes(name));
    if (this.#due.length === 0) return this.#outcome("fresh");
    this.#start(now);
    try {
      await Promise.all(this.#due.map((name) => this.#gatherPart(name)));
    } finally {
      this.#end();
    }
    return this.#outcome("gathered");
  }

  #start(now: number): void {
    const { attempts } = this.#state;
    if (attempts.startedAt > attempts.endedAt) {
      this.#pass.log(`the previous pass was killed (${this.#scope})`);
      attempts.failures++;
    }
    attempts.startedAt = now;
    this.#save();
  }

  #end(): void {
    const hasFailed =
      this.#writeError !== undefined || this.#reports.every(({ outcome }) => outcome === "failed");
    this.#state.attempts = attemptsAfter(this.#state.attempts, hasFailed, Date.now());
    this.#save();
  }

  async #gatherPart(name: PartName): Promise<void> {
    const { key, deadlineMs } = PARTS[name];
    const gather = GATHER[name] as (state: never, pass: Pass) => Promise<unknown>;
    const started = performance.now();
    const tookMs = () => Math.round(performance.now() - started);
    using limit = new AttemptLimit(deadlineMs, this.#pass.signal);
    try {
      const pass = { ...this.#pass, signal: limit.signal };
      const value = await Promise.race([gather(this.#state as never, pass), limit.overdue]);
      const now = Date.now();
      this.#record(name, "good", { value, gatheredAt: now, tookMs: tookMs(), triedAt: now });
    } catch (error) {
      const before = (this.#state.parts as Record<string, Part<unknown>>)[key];
      const reason = limit.explain(error);
      const after = failedPart(before, error, { reason, tookMs: tookMs() });
      if (after.failures !== undefined && reason !== before?.error)
        this.#pass.log(`${this.#scope} ${name}: ${reason}`);
      this.#record(name, after.failures === undefined ? "waiting" : "failed", after);
    }
  }

  #record(name: PartName, outcome: PartReport["outcome"], part: Part<unknown>): void {
    const { key } = PARTS[name];
    (this.#state.parts as Record<string, Part<unknown>>)[key] = part;
    const { tookMs, error } = part;
    this.#reports.push(withoutUndefined({ scope: this.#scope, part: key, outcome, tookMs, error }));
    this.#timer ??= setTimeout(() => this.#save(), SAVE_DELAY_MS);
  }

  #names(): PartName[] {
    return (Object.keys(PARTS) as PartName[]).filter((name) => PARTS[name].scope === this.#scope);
  }

  #outcome(outcome: ScopeReport["outcome"]): Outcome {
    const fresh = this.#names()
      .filter((name) => !this.#due.includes(name))
      .map((name) => ({
        scope: this.#scope,
        part: PARTS[name].key,
        outcome: "fresh" as const,
        tookMs: 0,
      }));
    return {
      report: withoutUndefined({ scope: this.#scope, outcome, error: this.#writeError }),
      parts: [...this.#reports, ...fresh],
    };
  }

  #save(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      writeState(this.#file, this.#state);
      this.#writeError = undefined;
    } catch (error) {
      const message = oneLine(`the state cannot be written: ${(error as Error).message}`);
      if (this.#writeError === undefined) this.#pass.log(message);
      this.#writeError = message;
    }
  }
}

/** Passes that fail as a whole are retried after 5 s, 10 s, 20 s, 40 s, then a minute. */
function attemptsAfter({ startedAt, failures }: Attempts, hasFailed: boolean, now: number): Attempts {
  const endedAt = Math.max(now, startedAt);
  if (!hasFailed) return { startedAt, endedAt, failures: 0, notBefore: 0 };
  const backOff = Math.min(FIRST_BACK_OFF_MS * 2 ** Math.min(failures, 10), BACK_OFF_LIMIT_MS);
  return { startedAt, endedAt, failures: failures + 1, notBefore: now + backOff };
}
