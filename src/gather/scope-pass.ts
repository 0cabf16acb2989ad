/**
 * A pass's visit to one scope: under the scope's lock, what is due is gathered at the same time, and the state file is
 * written whenever a part is done, so that a slow part does not hold back a quick one.
 */

import { LockError } from "../os/lock/file.ts";
import { acquire, type Lock, tryLock } from "../os/lock/flock.ts";
import { BACK_OFF_LIMIT_MS, isBackingOff } from "../state/due.ts";
import { type Attempts, PARTS, type Part, type PartName } from "../state/schema.ts";
import { writeState } from "../state/write.ts";
import { attempt, partAfter } from "./attempt.ts";
import type { Job, ScopeName, States } from "./part.ts";
import { plain } from "./plain.ts";
import type { Scope } from "./scope.ts";

/** What became of one part. */
export interface PartReport {
  readonly scope: ScopeName;
  /** Its key in the scope's state file. */
  readonly part: (typeof PARTS)[PartName]["key"];
  /** fresh: it was not old enough to be gathered again. waiting: there is no value yet, and nothing wrong with that. */
  readonly outcome: "good" | "failed" | "waiting" | "fresh";
  readonly tookMs: number;
  readonly error?: string;
}

/** What became of a scope. */
export interface ScopeReport {
  readonly scope: ScopeName;
  /**
   * - gathered: at least one part was due
   * - fresh: nothing was due
   * - busy: another pass is at it
   * - backing off: it failed not long ago
   * - locked out: its lock or its file cannot be used; `error` says why
   */
  readonly outcome: "gathered" | "fresh" | "busy" | "backing off" | "locked out";
  readonly error?: string;
}

/** What a visit needs of its pass. */
export interface PassContext extends Omit<Job<never>, "state" | "signal"> {
  /** Aborts when the pass has to end. */
  readonly signal: AbortSignal;
  /** Wait for the lock this long. Milliseconds; 0 tries once. */
  readonly waitMs: number;
}

const FIRST_BACK_OFF_MS = 5_000;

export class ScopePass<Name extends ScopeName> {
  readonly scope: Scope<Name>;
  readonly state: States[Name];
  readonly #parts: PartReport[] = [];
  /** Why the state file could not be written, the last time it was tried. */
  #writeError: string | undefined;
  readonly #lock: Lock;
  readonly #context: PassContext;
  #due: PartName[] = [];
  #outcome: ScopeReport["outcome"] = "fresh";

  private constructor(scope: Scope<Name>, lock: Lock, context: PassContext) {
    this.scope = scope;
    this.state = scope.load();
    this.#lock = lock;
    this.#context = context;
  }

  /** Lock the scope and load its state. @returns why not, when it is not to be had */
  static async open<Name extends ScopeName>(
    scope: Scope<Name>,
    context: PassContext,
  ): Promise<ScopePass<Name> | ScopeReport> {
    const command = `gather ${scope.name}`;
    try {
      const lock = context.waitMs
        ? await acquire(scope.lockPath, { waitMs: context.waitMs, signal: context.signal, command })
        : tryLock(scope.lockPath, { command });
      // By now: the pass that was waited for has gathered since this one began.
      return lock
        ? new ScopePass(scope, lock, { ...context, now: Date.now() })
        : { scope: scope.name, outcome: "busy" };
    } catch (error) {
      if (!(error instanceof LockError)) throw error;
      return { scope: scope.name, outcome: "locked out", error: plain(error.message) };
    }
  }

  /**
   * Gather what is due.
   * @param news parts that are due whatever their age, because there is something new to tell them
   */
  async gather(news: readonly PartName[] = []): Promise<void> {
    const { attempts } = this.state;
    const { force, now, note, settings } = this.#context;
    if (!force && isBackingOff(attempts, now)) {
      this.#outcome = "backing off";
      return;
    }
    const all = this.scope.parts.map(({ name }) => name);
    const due = this.scope.due(this.state, now, settings);
    this.#due = all.filter((name) => force || due.includes(name) || news.includes(name));
    if (this.#due.length === 0) return;
    if (attempts.startedAt > attempts.endedAt) {
      note(`the pass before did not come to its end (${this.scope.name})`);
      attempts.failures++;
    }
    this.#outcome = "gathered";
    attempts.startedAt = now;
    this.#save();
    await Promise.all(
      this.scope.parts.filter(({ name }) => this.#due.includes(name)).map((part) => this.#gatherPart(part)),
    );
  }

  /** Note how the pass went, and unlock. @returns what became of the scope */
  close(now: number): ScopeReport {
    if (this.#outcome === "gathered") {
      this.state.attempts = attemptsAfter(this.state.attempts, this.#failedAsAWhole(), now);
      this.#save();
    }
    this.#lock.release();
    const error = this.#writeError;
    return { scope: this.scope.name, outcome: this.#outcome, ...(error === undefined ? {} : { error }) };
  }

  /** Every part of the scope, the fresh ones too. */
  get parts(): readonly PartReport[] {
    const fresh = this.scope.parts
      .filter(({ name }) => !this.#due.includes(name))
      .map(({ name }) => ({
        scope: this.scope.name,
        part: PARTS[name].key,
        outcome: "fresh" as const,
        tookMs: 0,
      }));
    return [...this.#parts, ...fresh];
  }

  async #gatherPart(part: Scope<Name>["parts"][number]): Promise<void> {
    const context = this.#context;
    const result = await attempt(
      (signal) => part.gather({ ...context, state: this.state, signal }),
      PARTS[part.name].deadlineMs,
      context.signal,
    );
    const { key } = PARTS[part.name];
    const parts = this.state.parts as Record<string, Part<unknown>>;
    const after = partAfter(parts[key], result, Date.now());
    const outcome = "value" in result ? "good" : result.tooEarly ? "waiting" : "failed";
    if (outcome === "failed" && after.error !== parts[key]?.error)
      context.note(`${this.scope.name} ${part.name}: ${after.error}`);
    parts[key] = after;
    this.#parts.push({
      scope: this.scope.name,
      part: key,
      outcome,
      tookMs: after.tookMs,
      ...(after.error === undefined ? {} : { error: after.error }),
    });
    // The last one is written with the end of the pass.
    if (this.#parts.length < this.#due.length) this.#save();
  }

  #failedAsAWhole(): boolean {
    return this.#writeError !== undefined || this.#parts.every(({ outcome }) => outcome === "failed");
  }

  #save(): void {
    try {
      writeState(this.scope.file, this.state);
      this.#writeError = undefined;
    } catch (error) {
      const message = plain(`the state cannot be written: ${(error as Error).message}`);
      if (this.#writeError === undefined) this.#context.note(message);
      this.#writeError = message;
    }
  }
}

/** Passes that fail as a whole come less and less often: 5 s, 10 s, 20 s, 40 s, a minute. */
function attemptsAfter({ startedAt, failures }: Attempts, failed: boolean, now: number): Attempts {
  if (!failed) return { startedAt, endedAt: Math.max(now, startedAt), failures: 0, notBefore: 0 };
  const backOff = Math.min(FIRST_BACK_OFF_MS * 2 ** Math.min(failures, 10), BACK_OFF_LIMIT_MS);
  return { startedAt, endedAt: Math.max(now, startedAt), failures: failures + 1, notBefore: now + backOff };
}
