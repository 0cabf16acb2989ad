/** Shared by `run` and `lock run`: durations, signals, and exiting as the command did. */
import { parseDuration } from "../cli/duration.ts";
import { CommandError, EXIT, UsageError } from "../cli/errors.ts";
import type { ParsedOptions } from "../cli/options.ts";
import { ERRNO, errorText } from "../os/ffi/library.ts";
import { disableCoreFile } from "../os/ffi/process.ts";
import { dieOf } from "../os/ffi/signal.ts";
import { parseSignal, SIG } from "../os/run/signals.ts";
import type { Supervised, SupervisedEnd } from "../os/run/supervised-command.ts";

/** Default time from the signal to KILL. */
export const DEFAULT_GRACE_MS = 5_000;

/** The signals that shells complete; `readEnding` accepts all. */
export const USUAL_SIGNALS = ["TERM", "INT", "HUP", "QUIT", "KILL", "USR1", "USR2"] as const;

/** @throws UsageError */
export function readDuration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined)
    throw new UsageError(`invalid duration '${text}'`, "use a number and s, m, h or d: 1.5s, 2m");
  return ms;
}

/** The options --signal and --kill-after. @throws UsageError */
export function readEnding(options: ParsedOptions) {
  const grace = options.get("kill-after");
  const text = options.get("signal");
  const signal = text === undefined ? SIG.TERM : parseSignal(text);
  if (signal === undefined) throw new UsageError(`invalid signal '${text}'`, "'kill -l' lists the signals");
  return {
    signal,
    graceMs: grace === undefined ? DEFAULT_GRACE_MS : readDuration(grace),
    escalateForwarded: grace !== undefined,
  };
}

/** @throws CommandError when the command could not be started: 126 or 127 */
export function requireStarted(outcome: Supervised, name: string): SupervisedEnd {
  if (outcome.kind === "ended") return outcome;
  const notFound = outcome.errno === ERRNO.ENOENT;
  throw new CommandError(`cannot run ${name}: ${errorText(outcome.errno)}`, {
    exitCode: notFound ? EXIT.notFound : EXIT.notExecutable,
  });
}

/** @returns the command's status as a shell reports it: its exit code, or 128 + signal */
export const shellStatus = ({ status }: SupervisedEnd): number =>
  status.kind === "exited" ? status.code : 128 + status.signal;

/** @returns the exit code. If the command died of a signal, other than one sent at its deadline, this process dies of it too. */
export function exitAs(outcome: SupervisedEnd, preserveStatus: boolean): number {
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
