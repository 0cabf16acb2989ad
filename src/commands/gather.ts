import type { Command } from "../cli/command.ts";
import { CommandError, EXIT, UsageError } from "../cli/errors.ts";
import { toJson } from "../cli/json.ts";
import type { ParsedOptions } from "../cli/options.ts";
import { printLine, writeErr } from "../cli/output.ts";
import { workingDirectory } from "../cli/working-directory.ts";
import { type PassOptions, type PassReport, runPass } from "../gather/pass.ts";
import { complete, payloadFromStdin, requestFrom } from "../gather/request.ts";
import { decodeHandover, HANDOVER_VARIABLE, type PassRequest } from "../state/handover.ts";
import { type StatePaths, statePaths } from "../state/paths.ts";
import { readState } from "../state/scopes.ts";
import { PASS_DEADLINE_MS, REINDEX_DEADLINE_MS } from "../state/timeouts.ts";

/** Imports the whole pass statically: loading it in several pieces costs as much as a render. */
export const gather: Command = {
  name: "gather",
  usage: ["[options]", "[options] < PAYLOAD"],
  about: "Gather what the line shows: git, transcript, usage, limits, sessions, own commands",
  details: `
'plimsoll display' starts this in the background when a figure is old. Run manually, it gathers what is due for the
session, working tree and account that the payload on stdin or the options name; without these, for those of the
environment and the current directory. Skips a scope that another pass is working on.

A pass ends after 30 s: it kills the processes that it has started, and writes what it has. A second later the kernel
ends it. Errors of background passes are in 'gather.log' in the state directory; 'plimsoll doctor' checks everything.

Exit codes: 0 success; 1 a part failed; 74 the state cannot be written; 75 other passes hold the locks of all scopes.

  plimsoll gather --wait --force
  plimsoll gather --cwd ~/src/project --json`,
  options: [
    { long: ["wait"], about: "Wait for running passes, then gather" },
    { long: ["force"], short: ["f"], about: "Gather everything, whatever its age" },
    { long: ["json"], about: "Print the outcome of each part as JSON" },
    { long: ["session"], value: "ID", about: "The session" },
    { long: ["cwd"], value: "DIR", completion: "directory", about: "The session's directory" },
    { long: ["transcript"], value: "FILE", completion: "file", about: "The session's transcript" },
    { long: ["reindex"], about: "Index the whole history again" },
    { long: ["deadline"], value: "SECONDS", about: "End after this long (default: 30, with --reindex 600)" },
  ],
  run: async (options) => {
    const paths = statePaths(process.env);
    if (!paths) throw new CommandError("no state directory: HOME is not set", { hint: "set PLIMSOLL_STATE" });
    const handover = process.env[HANDOVER_VARIABLE];
    // The user's commands, and passes that they start, must not take this for theirs.
    delete process.env[HANDOVER_VARIABLE];
    const pass = handover === undefined ? foregroundPass(paths, options) : backgroundPass(paths, handover);
    const report = await runPass(pass);
    if (handover === undefined) {
      const { describePass } = await import("../gather/report.ts");
      printLine(options.has("json") ? toJson(report, 2) : describePass(report));
    }
    return exitCode(report);
  },
};

function backgroundPass(paths: StatePaths, handover: string): PassOptions {
  return {
    paths,
    env: process.env,
    request: async () => complete(decodeHandover(handover), process.env),
    deadlineMs: PASS_DEADLINE_MS,
    background: true,
    force: false,
    reindex: false,
    waitMs: 0,
  };
}

function foregroundPass(paths: StatePaths, options: ParsedOptions): PassOptions {
  if (options.operands.length > 0) throw new UsageError(`unexpected argument '${options.operands[0]}'`);
  const reindex = options.has("reindex");
  const deadlineMs = deadline(options.get("deadline")) ?? (reindex ? REINDEX_DEADLINE_MS : PASS_DEADLINE_MS);
  return {
    paths,
    env: process.env,
    request: () => requestOf(paths, options),
    deadlineMs,
    background: false,
    force: options.has("force") || reindex,
    reindex,
    waitMs: options.has("wait") ? deadlineMs : 0,
    ...(process.stderr.isTTY && { onProgress: showProgress }),
  };
}

async function requestOf(paths: StatePaths, options: ParsedOptions): Promise<PassRequest> {
  const named = {
    session: options.get("session"),
    cwd: options.get("cwd"),
    transcript: options.get("transcript"),
  };
  const isNamed = Object.values(named).some((value) => value !== undefined);
  const payload = isNamed ? undefined : payloadFromStdin();
  return requestFrom({ ...named, payload }, process.env, {
    recall: (sessionId) => readState(paths, "session", sessionId),
    here: workingDirectory(),
  });
}

function exitCode({ scopes, parts }: PassReport): number {
  if (scopes.some(({ outcome, error }) => outcome === "locked out" || error !== undefined)) return EXIT.io;
  if (parts.some(({ outcome }) => outcome === "failed")) return EXIT.failure;
  return scopes.length > 0 && scopes.every(({ outcome }) => outcome === "busy") ? EXIT.conflict : EXIT.ok;
}

/** @returns milliseconds */
function deadline(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const seconds = Number(value);
  if (value.trim() !== "" && seconds > 0 && seconds <= 86_400) return 1_000 * seconds;
  throw new UsageError(
    `--deadline: invalid number of seconds '${value}'`,
    "expected more than 0, at most 86400",
  );
}

function showProgress(bytesRead: number, bytesTotal: number): void {
  const percent = bytesTotal > 0 ? Math.floor((100 * bytesRead) / bytesTotal) : 100;
  writeErr(`\rreading the history: ${percent} %${percent >= 100 ? "\n" : ""}`, "screen");
}
