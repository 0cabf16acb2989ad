import { readPayload } from "../claude/payload.ts";
import type { PassReport } from "../gather/pass.ts";
import { HANDOVER_VARIABLE } from "../state/handover.ts";
import { type StatePaths, statePaths } from "../state/paths.ts";
import type { Command } from "./command.ts";
import { CommandError, UsageError } from "./errors.ts";
import { EXIT } from "./exit-codes.ts";
import type { ParsedOptions } from "./options.ts";

export const gather: Command = {
  name: "gather",
  usage: ["[options]", "[options] < PAYLOAD"],
  about: "Gather what the line shows: git, transcript, usage, limits, sessions, own commands",
  details: `
'plimsoll display' starts this by itself, in the background, whenever a figure is old. By hand it gathers what is due
for the session, working tree and account that it is told, or finds: from the payload on stdin, the options, or the
environment and the directory it stands in. A scope that another pass is at is left to it.

A pass ends by itself after 30 s: it kills what it has started and writes what it has. A second later the kernel ends it.
What goes wrong in background passes is in 'gather.log' in the state directory; 'plimsoll doctor' looks at everything.

Exit codes: 0 all good; 1 a part failed; 74 the state cannot be written; 75 other passes are at all of it.

  plimsoll gather --wait --force
  plimsoll gather --cwd ~/src/project --json`,
  options: [
    { long: ["wait"], about: "Wait for passes that run already, then gather" },
    { long: ["force"], short: ["f"], about: "Gather everything, whatever its age" },
    { long: ["json"], about: "Print the outcome of each part as JSON" },
    { long: ["session"], value: "ID", about: "The session" },
    { long: ["cwd"], value: "DIR", about: "The session's directory" },
    { long: ["transcript"], value: "FILE", about: "The session's transcript" },
    { long: ["reindex"], about: "Read the whole history into the ledger again" },
    { long: ["deadline"], value: "SECONDS", about: "End after this long: default 30, with --reindex 600" },
  ],
  run: async (options) => {
    const paths = statePaths(process.env);
    if (!paths)
      throw new CommandError("there is no place for state: HOME is not set", { hint: "set PLIMSOLL_STATE" });
    const handover = process.env[HANDOVER_VARIABLE];
    // Neither the user's commands nor a pass started by them are to take this for theirs.
    delete process.env[HANDOVER_VARIABLE];
    return handover === undefined ? inForeground(paths, options) : inBackground(paths, handover);
  },
};

const DEADLINE_S = 30;
const REINDEX_DEADLINE_S = 600;

/** How much later the kernel ends what did not end by itself. Milliseconds. */
const LAST_RESORT_MS = 1_000;

async function inBackground(paths: StatePaths, handover: string): Promise<number> {
  using _deadline = await bound(DEADLINE_S * 1_000);
  const { setLowPriority } = await import("../process/priority.ts");
  setLowPriority();
  const { decodeHandover } = await import("../state/handover.ts");
  const { complete } = await import("../gather/request.ts");
  const report = await pass(paths, {
    request: complete(decodeHandover(handover), process.env),
    deadlineMs: DEADLINE_S * 1_000,
  });
  return exitCode(report);
}

async function inForeground(paths: StatePaths, options: ParsedOptions): Promise<number> {
  if (options.operands.length > 0) throw new UsageError(`unexpected '${options.operands[0]}'`);
  const reindex = options.has("reindex");
  const deadlineMs = 1_000 * seconds(options.get("deadline"), reindex ? REINDEX_DEADLINE_S : DEADLINE_S);
  using _deadline = await bound(deadlineMs);
  const { requestFrom } = await import("../gather/request.ts");
  const { readSessionState } = await import("../state/read.ts");
  const [session, cwd, transcript] = ["session", "cwd", "transcript"].map((name) => options.get(name));
  const given = [session, cwd, transcript].some((value) => value !== undefined);
  const request = requestFrom(
    { session, cwd, transcript, payload: given ? undefined : await payloadFromStdin() },
    process.env,
    { recall: (sessionId) => readSessionState(paths, sessionId), here: process.cwd() },
  );
  const report = await pass(paths, {
    request,
    deadlineMs,
    reindex,
    force: options.has("force") || reindex,
    waitMs: options.has("wait") ? deadlineMs : 0,
    ...(process.stderr.isTTY && { onProgress: showProgress }),
  });
  const { describePass } = await import("../gather/report.ts");
  console.log(options.has("json") ? JSON.stringify(report, undefined, 2) : describePass(report));
  return exitCode(report);
}

type PassRequest = Omit<Parameters<typeof import("../gather/pass.ts").runPass>[0], "paths" | "env">;

/** The pass itself, ended early by TERM, INT or HUP as by its deadline. */
async function pass(paths: StatePaths, request: PassRequest): Promise<PassReport> {
  const { runPass } = await import("../gather/pass.ts");
  const { StateDirectoryError } = await import("../state/directory.ts");
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.once(signal, () => stop.abort());
  try {
    return await runPass({
      ...request,
      paths,
      env: process.env,
      signal: stop.signal,
    });
  } catch (error) {
    if (error instanceof StateDirectoryError) throw new CommandError(error.message, { exitCode: EXIT.io });
    throw error;
  }
}

async function bound(deadlineMs: number): Promise<Disposable> {
  const { armDeadline } = await import("../process/deadline.ts");
  return armDeadline(deadlineMs + LAST_RESORT_MS);
}

function exitCode({ scopes, parts }: PassReport): number {
  if (scopes.some(({ outcome, error }) => outcome === "locked out" || error !== undefined)) return EXIT.io;
  if (parts.some(({ outcome }) => outcome === "failed")) return EXIT.failure;
  return scopes.length > 0 && scopes.every(({ outcome }) => outcome === "busy") ? EXIT.conflict : EXIT.ok;
}

function seconds(value: string | undefined, byDefault: number): number {
  if (value === undefined) return byDefault;
  const number = Number(value);
  if (value.trim() !== "" && number > 0 && number <= 86_400) return number;
  throw new UsageError(`'--deadline ${value}' is not a number of seconds from 0 to 86400`);
}

/** Not waited for from a terminal; a pipe that says nothing for a second has nothing to say. */
async function payloadFromStdin() {
  const { isatty } = await import("node:tty");
  if (isatty(0)) return undefined;
  const { firstJsonScanner } = await import("../claude/first-json.ts");
  const { readStdin } = await import("../process/stdin.ts");
  const scan = firstJsonScanner();
  let found = scan(new Uint8Array());
  const isEnough = (bytes: Uint8Array) => {
    found = scan(bytes);
    return found.state !== "incomplete";
  };
  const { bytes } = readStdin({ isEnough, timeoutMs: 1_000, maxBytes: 4 << 20 });
  if (bytes.length === 0) return undefined;
  const problem = found.state === "hopeless" ? found.reason : "the payload on stdin was cut short";
  if (found.state !== "complete")
    throw new UsageError(problem, "give it no stdin (< /dev/null) to do without");
  try {
    return readPayload(JSON.parse(new TextDecoder().decode(bytes.subarray(found.start, found.end))));
  } catch (error) {
    throw new UsageError(`the payload on stdin is not JSON: ${(error as Error).message}`);
  }
}

function showProgress(bytesRead: number, bytesTotal: number): void {
  const percent = bytesTotal > 0 ? Math.floor((100 * bytesRead) / bytesTotal) : 100;
  process.stderr.write(`\rreading the history: ${percent} %${percent >= 100 ? "\n" : ""}`);
}
