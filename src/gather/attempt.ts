/** One attempt at a part: its time limit, and the part afterwards. */
import { oneLine } from "../state/log.ts";
import type { Part } from "../state/scopes.ts";
import { PART_STOP_MS } from "../state/timeouts.ts";
import { NotYet } from "./part.ts";

/** The time limit of one attempt. Disposing it stops its timers. */
export class AttemptLimit implements Disposable {
  /** Aborts at the deadline, or when the pass must end. */
  readonly signal: AbortSignal;
  /** Rejects PART_STOP_MS after the signal: a part that has not stopped by then is abandoned. */
  readonly overdue: Promise<never>;
  readonly #deadlineMs: number;
  readonly #pass: AbortSignal;
  readonly #own = new AbortController();
  readonly #timers: Timer[] = [];
  readonly #stop = () => this.#own.abort();

  constructor(deadlineMs: number, pass: AbortSignal) {
    this.#deadlineMs = deadlineMs;
    this.#pass = pass;
    this.signal = this.#own.signal;
    this.overdue = new Promise((_, reject) => {
      const abandon = () => reject(new Error("it did not stop in time"));
      this.signal.addEventListener("abort", () => this.#timers.push(setTimeout(abandon, PART_STOP_MS)));
    });
    if (pass.aborted) this.#stop();
    pass.addEventListener("abort", this.#stop, { once: true });
    this.#timers.push(setTimeout(this.#stop, deadlineMs));
  }

  /** @returns why the attempt failed, in a few words */
  explain(error: unknown): string {
    if (this.signal.aborted && !this.#pass.aborted) return `not done within ${this.#deadlineMs / 1000} s`;
    return oneLine(error instanceof Error ? error.message : String(error)) || "failed without a message";
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#pass.removeEventListener("abort", this.#stop);
  }
}

type Timer = ReturnType<typeof setTimeout>;

/** The part after a failed attempt: it keeps its last valid value, and the age of that. */
export function failedPart(
  before: Part<unknown> | undefined,
  error: unknown,
  { reason, tookMs }: { reason: string; tookMs: number },
): Part<unknown> {
  return {
    value: before?.value ?? null,
    gatheredAt: before?.gatheredAt ?? 0,
    tookMs,
    triedAt: Date.now(),
    error: reason,
    ...(error instanceof NotYet ? {} : { failures: (before?.failures ?? 0) + 1 }),
  };
}
