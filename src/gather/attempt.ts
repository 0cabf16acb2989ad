/** One attempt at one part, within its deadline, and the part afterwards. */
import { oneLine } from "../state/log.ts";
import type { Part } from "../state/scopes.ts";
import { PART_STOP_MS } from "../state/timeouts.ts";
import { NotYet } from "./part.ts";

/** How an attempt ended. */
export type Attempt = { readonly tookMs: number } & (
  | { readonly value: unknown }
  | { readonly error: string; readonly tooEarly: boolean }
);

/**
 * Gather within `deadlineMs`, or until `signal` aborts.
 * @param gather has to stop at the signal that it gets
 * @returns when it is done, or PART_STOP_MS after it should have stopped: a part that does not stop is abandoned
 */
export async function attempt(
  gather: (signal: AbortSignal) => Promise<unknown>,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<Attempt> {
  const started = performance.now();
  const own = new AbortController();
  const stop = () => own.abort();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const deadline = setTimeout(stop, deadlineMs);
  let grace: Timer | undefined;
  const overdue = new Promise<never>((_, reject) => {
    const wait = () => {
      grace = setTimeout(() => reject(new Error("it did not stop in time")), PART_STOP_MS);
    };
    if (own.signal.aborted) wait();
    else own.signal.addEventListener("abort", wait, { once: true });
  });
  const took = () => Math.round(performance.now() - started);
  try {
    const value = await Promise.race([gather(own.signal), overdue]);
    return { tookMs: took(), value };
  } catch (error) {
    const late = own.signal.aborted && !signal.aborted;
    const reason = late ? `not done within ${deadlineMs / 1000} s` : messageOf(error);
    return {
      tookMs: took(),
      error: oneLine(reason) || "failed without a message",
      tooEarly: error instanceof NotYet,
    };
  } finally {
    clearTimeout(deadline);
    clearTimeout(grace);
    signal.removeEventListener("abort", stop);
  }
}

type Timer = ReturnType<typeof setTimeout>;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The part after an attempt: a failed one keeps the last valid value and its age. */
export function partAfter(before: Part<unknown> | undefined, result: Attempt, now: number): Part<unknown> {
  if ("value" in result) return { value: result.value, gatheredAt: now, tookMs: result.tookMs, triedAt: now };
  return {
    value: before?.value ?? null,
    gatheredAt: before?.gatheredAt ?? 0,
    tookMs: result.tookMs,
    triedAt: now,
    error: result.error,
    ...(result.tooEarly ? {} : { failures: (before?.failures ?? 0) + 1 }),
  };
}
