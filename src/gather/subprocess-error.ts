/** Why a bounded subprocess failed, in the few words that a state file has room for. */
import type { RunOutcome } from "../os/run/outcome.ts";
import { oneLine } from "../state/log.ts";

/** @returns what went wrong, or undefined when it exited with 0 */
export function failureOf(name: string, outcome: RunOutcome): string | undefined {
  switch (outcome.kind) {
    case "exited":
      if (outcome.code === 0) return undefined;
      return oneLine(`${name} exited with ${outcome.code}${firstLine(outcome.stderr)}`);
    case "signaled":
      return `${name} died of signal ${outcome.signal}`;
    case "timedOut":
      return `${name} did not finish within ${outcome.afterMs / 1000} s`;
    case "outputTooLarge":
      return `${name} wrote more than ${Math.round(outcome.limitBytes / 1024)} KiB`;
    case "spawnFailed":
      return oneLine(`${name} cannot be started: ${outcome.cause}`);
    case "invalidUtf8":
      return `${name} wrote invalid UTF-8`;
    case "aborted":
      return `${name} was stopped with the pass`;
  }
}

function firstLine(text: string): string {
  const line = text.split("\n").find((each) => each.trim() !== "");
  return line === undefined ? "" : `: ${line}`;
}
