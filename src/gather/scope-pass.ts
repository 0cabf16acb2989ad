/**
 * One scope of a pass: under the scope's lock, its due parts are gathered concurrently. The state file is written soon
 * after a part is done, so that a slow part does not hold back a quick one.
 */

import { LockError } from "../os/lock/file.ts";
import { acquire, type Lock, tryLock } from "../os/lock/flock.ts";
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
  /** fresh: not old enough to be gathered again. waiting: no value yet, and nothing is wrong. */
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
   * - locked out: its lock cannot be used; `error` is the reason
   */
  readonly outcome: "gathered" | "fresh" | "busy" | "backing off" | "locked out";
  readonly error?: string;
}

interface Outcome {
  readonly report: ScopeReport;
  readonly parts: readonly PartReport[];
}

/** Updates a scope's state from the request. @returns parts that are due whatever their age */
type Update<Scope extends ScopeName> = (state: State<Scope>, pass: Pass) => PartName[];

export class ScopePass<Scope extends ScopeName> {
  readonly #scope: Scope;
  readonly #id: string;
  readonly #update: Update<Scope>;
  readonly #file: string;
  readonly #reports: PartReport[] = [];
  #pass: Pass;
  #state: State<Scope>;
  #due: PartName[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** Why the scope's lock could not be used, or its state file could not be written the last time. */
  #error: string | undefined;

  /** @param id as for `stateFile` */
  constructor(scope: Scope, id: string, pass: Pass, update: Update<Scope> = () => []) {
    this.#scope = scope;
    this.#id = id;
    this.#update = update;
    this.#file = stateFile(pass.paths, scope, id);
    this.#pass = pass;
    this.#state = emptyState(scope, id);
  }

  /** Gather what is due. Errors of parts, of the lock and of the state file are reported, not thrown. */
  async gather(): Promise<Outcome> {
    try {
      using lock = await this.#lock();
      if (!lock) return this.#outcome("busy");
      const skipped = this.#begin();
      if (skipped) return this.#outcome(skipped);
      try {
        await Promise.all(this.#due.map((name) => this.#gatherPart(name)));
      } finally {
        this.#end();
      }
      return this.#outcome("gathered");
    } catch (error) {
      if (!(error instanceof LockError)) throw error;
      this.#error = oneLine(error.message);
      return this.#outcome("locked out");
    }
  }

  async #lock(): Promise<Lock | undefined> {
    const { paths, waitMs, signal } = this.#pass;
    const path = scopeLock(paths, this.#scope, this.#id);
    const command = `gather ${this.#scope}`;
    return waitMs ? acquire(path, { waitMs, signal, command }) : tryLock(path, { command });
  }

  /** Load the state under the lock, and find what is due. @returns why nothing is gathered */
  #begin(): "backing off" | "fresh" | undefined {
    // Now: a pass that was waited for has gathered since this one began.
    const now = Date.now();
    const { paths, force, config, log } = this.#pass;
    this.#pass = { ...this.#pass, now };
    this.#state = readState(paths, this.#scope, this.#id) ?? this.#state;
    const { attempts, parts } = this.#state;
    const news = this.#update(this.#state, this.#pass);
    if (!force && isBackingOff(attempts, now)) return "backing off";
    const due = dueParts(this.#scope, parts, now, config, EARLY_SHARE);
    this.#due = this.#names().filter((name) => force || due.includes(name) || news.includes(name));
    if (this.#due.length === 0) return "fresh";
    if (attempts.startedAt > attempts.endedAt) {
      log(`the previous pass was killed (${this.#scope})`);
      attempts.failures++;
    }
    attempts.startedAt = now;
    this.#save();
    return undefined;
  }

  #end(): void {
    const hasFailed = this.#error !== undefined || this.#reports.every(({ outcome }) => outcome === "failed");
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
    const scope: ScopeName = this.#scope;
    this.#reports.push(withoutUndefined({ scope, part: key, outcome, tookMs, error }));
    this.#timer ??= setTimeout(() => this.#save(), SAVE_DELAY_MS);
  }

  #names(): PartName[] {
    return (Object.keys(PARTS) as PartName[]).filter((name) => PARTS[name].scope === this.#scope);
  }

  #outcome(outcome: ScopeReport["outcome"]): Outcome {
    const scope: ScopeName = this.#scope;
    const report = withoutUndefined({ scope, outcome, error: this.#error });
    if (outcome === "busy" || outcome === "locked out") return { report, parts: [] };
    const fresh = this.#names()
      .filter((name) => !this.#due.includes(name))
      .map((name) => ({ scope, part: PARTS[name].key, outcome: "fresh" as const, tookMs: 0 }));
    return { report, parts: [...this.#reports, ...fresh] };
  }

  #save(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      writeState(this.#file, this.#state);
      this.#error = undefined;
    } catch (error) {
      const message = oneLine(`the state cannot be written: ${(error as Error).message}`);
      if (this.#error === undefined) this.#pass.log(message);
      this.#error = message;
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
