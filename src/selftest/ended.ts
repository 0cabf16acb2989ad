/** How a run of the program ended, in the same words whichever way it was started. */

import type { RunOutcome } from "../os/run/outcome.ts";
import { signalName } from "../os/run/signals.ts";

/** One run's end. */
export interface Ended {
  /** "exit 0", "killed by SIGTERM", "not ended after 5000 ms" */
  readonly how: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly elapsedMs: number;
}

const late = (ms: number): string => `not ended after ${ms} ms`;

/** @returns the words for a bounded run's outcome */
export function howEnded(outcome: RunOutcome): string {
  switch (outcome.kind) {
    case "exited":
      return `exit ${outcome.code}`;
    case "signaled":
      return `killed by SIG${signalName(outcome.signal)}`;
    case "timedOut":
      return late(outcome.afterMs);
    case "spawnFailed":
      return `not started: ${outcome.cause}`;
    default:
      return outcome.kind;
  }
}

/** @returns the words for a child that has ended; `killedAfterMs`: because we killed it then */
export function howChildEnded(
  { exitCode, signalCode }: Pick<Bun.Subprocess, "exitCode" | "signalCode">,
  killedAfterMs: number | undefined,
): string {
  if (killedAfterMs !== undefined) return late(killedAfterMs);
  return signalCode === null ? `exit ${exitCode}` : `killed by ${signalCode}`;
}
