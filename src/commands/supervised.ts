/** What `run` and `lock run` share: reading durations and signals, and answering as the command did. */
import { parseDuration } from "../cli/duration.ts";
import { CommandError, UsageError } from "../cli/errors.ts";
import { EXIT } from "../cli/exit-codes.ts";
import type { ParsedOptions } from "../cli/options.ts";
import { ERRNO, errorText } from "../os/ffi/library.ts";
import { disableCoreFile } from "../os/ffi/process.ts";
import { dieOf } from "../os/ffi/signal.ts";
import { parseSignal, SIG } from "../os/run/signals.ts";
import type { Supervised } from "../os/run/supervised-command.ts";

/** From the signal to KILL, when the user does not say. */
const DEFAULT_GRACE_MS = 5_000;

/** What people send: offered by shells, of all that `readEnding` takes. */
export const USUAL_SIGNALS = ["TERM", "INT", "HUP", "QUIT", "KILL", "USR1", "USR2"] as const;

/** @throws UsageError */
export function readDuration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined)
    throw new UsageError(`'${text}' is no duration`, "a number and s, m, h or d: 1.5s, 2m");
  return ms;
}

/** The options of both that say how to end a command. @throws UsageError */
export function readEnding(options: ParsedOptions) {
  const grace = options.get("kill-after");
  const text = options.get("signal");
  const signal = text === undefined ? SIG.TERM : parseSignal(text);
  if (signal === undefined) throw new UsageError(`'${text}' is no signal`, "'kill -l' lists them");
  return {
    signal,
    graceMs: grace === undefined ? DEFAULT_GRACE_MS : readDuration(grace),
    escalateForwarded: grace !== undefined,
  };
}

/** @throws CommandError when the command could not be started: 126 or 127 */
export function requireStarted(outcome: Supervised, name: string): Extract<Supervised, { kind: "ended" }> {
  if (outcome.kind === "ended") return outcome;
  const notFound = outcome.errno === ERRNO.ENOENT;
  throw new CommandError(`cannot run ${name}: ${errorText(outcome.errno)}`, {
    exitCode: notFound ? EXIT.notFound : EXIT.notExecutable,
  });
}

/** @returns what a shell would say of the command's own end: its code, or 128 + signal */
export const shellStatus = ({ status }: Extract<Supervised, { kind: "ended" }>): number =>
  status.kind === "exited" ? status.code : 128 + status.signal;

/**
 * The exit code that stands for the outcome. A command that died of a signal which we did not send for its deadline
 * takes us along: we die of the same, so that the caller sees it as it was.
 */
export function exitAs(outcome: Extract<Supervised, { kind: "ended" }>, preserveStatus: boolean): number {
  const stopped = outcome.reason === "deadline" || outcome.reason === "output";
  if (!stopped && outcome.status.kind === "signaled") {
    disableCoreFile();
    dieOf(outcome.status.signal);
  }
  const killed =
    outcome.escalated || (outcome.status.kind === "signaled" && outcome.status.signal === SIG.KILL);
  if (stopped && !preserveStatus) return killed ? EXIT.killed : EXIT.timedOut;
  return shellStatus(outcome);
}
