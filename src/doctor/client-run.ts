/**
 * Runs a status line command as Claude Code does (2.1.331): `/bin/sh -c` as the leader of a new session, sockets for
 * stdin, stdout and stderr (Bun's "pipe"), no terminal, stdin left open after the payload. Then judges the result.
 *
 * Not `runBounded`: that closes stdin, and silently ends what the command leaves running, which is reported here.
 */

import type { Environment } from "../os/environment.ts";
import { kill } from "../os/ffi/signal.ts";
import { decodeLossy } from "../os/io/utf8.ts";
import { endProcesses } from "../os/run/end-processes.ts";
import { Collected } from "../os/run/outcome.ts";
import { groupIsEmpty } from "../os/run/process-group.ts";
import { SIG } from "../os/run/signals.ts";
import { counted, error, type Finding, few } from "./check.ts";
import { environmentOf, recordOf, type UserProcess, userProcesses } from "./user-processes.ts";

export interface ClientRunRequest {
  readonly command: string;
  readonly payload: string;
  readonly env: Environment;
  readonly cwd: string;
  /** Milliseconds. */
  readonly timeoutMs: number;
}

export interface ClientRun {
  /** The exit code; the name of the signal that ended it; or "timeout". */
  readonly end: number | string | "timeout";
  readonly stdout: string;
  readonly stderr: string;
  /** Until the command ended. */
  readonly elapsedMs: number;
  /** Processes that the command left running, now ended. One line each. */
  readonly left: readonly string[];
}

const MAX_OUTPUT_BYTES = 1 << 20;
/** For output still buffered when the command ends. Milliseconds. */
const OUTPUT_MS = 100;
/** For children to end after the command. Milliseconds. */
const GRACE_MS = 200;
const MARK = "PLIMSOLL_REPLAY";

let runs = 0;

/** @throws when the process cannot be started */
export async function runAsClient({
  command,
  payload,
  env,
  cwd,
  timeoutMs,
}: ClientRunRequest): Promise<ClientRun> {
  const mark = `${process.pid}.${++runs}`;
  const startedAt = performance.now();
  using onSignal = killGroupOnSignal();
  const child = Bun.spawn(["/bin/sh", "-c", command], {
    cwd,
    env: { ...env, [MARK]: mark },
    detached: true,
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
  onSignal.group = child.pid;
  send(child.stdin, payload);
  const [stdout, stderr] = [new Collected(MAX_OUTPUT_BYTES), new Collected(MAX_OUTPUT_BYTES)];
  const reading = Promise.all([collect(child.stdout, stdout), collect(child.stderr, stderr)]);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    kill(-child.pid, SIG.KILL);
  }, timeoutMs);
  await child.exited;
  const elapsedMs = performance.now() - startedAt;
  clearTimeout(timer);
  await Promise.race([reading, Bun.sleep(OUTPUT_MS)]);
  const left = await endRemaining(child.pid, mark);
  return {
    end: timedOut ? "timeout" : (child.signalCode ?? child.exitCode ?? 0),
    stdout: decodeLossy(stdout.bytes()),
    stderr: decodeLossy(stderr.bytes()),
    elapsedMs,
    left: timedOut ? [] : left,
  };
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * A signal that ends this process kills the group first: a terminal's signals do not reach another session. Installed
 * before the child is started, so that none is missed.
 */
function killGroupOnSignal(): Disposable & { group?: number } {
  const end = (signal: NodeJS.Signals) => {
    if (handler.group !== undefined) kill(-handler.group, SIG.KILL);
    forget();
    process.kill(process.pid, signal);
  };
  const forget = () => {
    for (const signal of SIGNALS) process.off(signal, end);
  };
  for (const signal of SIGNALS) process.on(signal, end);
  const handler: Disposable & { group?: number } = { [Symbol.dispose]: forget };
  return handler;
}

/** Leaves stdin open: a command that waits for its end hangs, as in the client. */
function send(stdin: Bun.FileSink, payload: string): void {
  const ignore = () => {}; // the command may not read all of it
  try {
    stdin.write(payload);
    Promise.resolve(stdin.flush()).catch(ignore);
  } catch {
    ignore();
  }
}

async function collect(stream: ReadableStream<Uint8Array>, into: Collected): Promise<void> {
  for await (const piece of stream) into.add(piece);
}

/** @returns the processes that outlive the command by `GRACE_MS`, after ending them */
async function endRemaining(group: number, mark: string): Promise<string[]> {
  const deadline = performance.now() + GRACE_MS;
  let left = await remaining(group, mark);
  while (left.length > 0 && performance.now() < deadline) {
    await Bun.sleep(10);
    left = await remaining(group, mark);
  }
  if (left.length === 0) return [];
  await endProcesses(
    left.flatMap((each) => recordOf(each) ?? []),
    GRACE_MS,
    () => {},
  );
  // Without start times (macOS) nothing was ended yet. The group's id is not reused while it has members.
  kill(-group, SIG.KILL);
  return left.map(({ pid, words }) => `pid ${pid}: ${words.join(" ").slice(0, 200)}`);
}

/** The members of its group, and on Linux, by their environment, processes that left it. */
async function remaining(group: number, mark: string): Promise<UserProcess[]> {
  if (process.platform !== "linux" && groupIsEmpty(group)) return [];
  return (await userProcesses()).filter(
    (each) => each.state !== "Z" && (each.group === group || environmentOf(each.pid)?.[MARK] === mark),
  );
}

/** What the client reserves of a row. Cells. */
const CLIENT_CELLS = 4;

/** A row may contain only colours and links besides text. */
const ALLOWED_ESCAPES = /\u001b\[[0-9;]*m|\u001b\]8;;[^\u0000-\u001f\u007f]*(?:\u001b\\|\u0007)/g;
/** Control characters, and those that reverse text. */
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

/** @returns the rows without colours and links */
export const rowsOf = ({ stdout }: ClientRun): string[] =>
  stdout
    .replace(/\n+$/, "")
    .replace(ALLOWED_ESCAPES, "")
    .split("\n")
    .map((row) => row.replace(/\r$/, ""));

/**
 * @param columns of the terminal
 * @returns everything that Claude Code would not show as intended, most severe first
 */
export function judgeRun(run: ClientRun, columns: number): Finding[] {
  const { end, stderr, left, elapsedMs } = run;
  const messages = few(
    stderr.split("\n").filter((line) => line.trim() !== ""),
    4,
  );
  const details = messages.length > 0 ? { details: messages } : {};
  if (end === "timeout")
    return [
      error(`no line after ${Math.round(elapsedMs)} ms`, {
        ...details,
        hint: "the client shows it only when the command ends: it must not wait for the end of its input",
      }),
    ];
  if (end !== 0)
    return [
      error(
        `the command ${typeof end === "number" ? `exits with ${end}` : `dies of ${end}`}: Claude Code erases the line`,
        { ...details, hint: "run it with /bin/sh -c and the payload on its input; it must exit 0" },
      ),
    ];
  const rows = rowsOf(run);
  if (rows.every((row) => row.trim() === ""))
    return [
      error("the command prints nothing: Claude Code erases the line", {
        ...details,
        hint: "make it pass on the output of 'plimsoll display'",
      }),
    ];
  const room = columns - CLIENT_CELLS;
  const widest = Math.max(...rows.map((row) => Bun.stringWidth(row)));
  return [
    widest > room &&
      error(`a row has ${widest} cells where ${room} fit: the client cuts it`, {
        hint: "add nothing to the output of 'plimsoll display', or set 'margin' in the configuration to what you add",
      }),
    rows.some((row) => CONTROLS.test(row)) &&
      error("a row contains control characters that a terminal would interpret", {
        hint: "'plimsoll explain' shows the parts of a render",
      }),
    left.length > 0 &&
      error(`the command left ${counted(left.length, "process", "processes")} running`, {
        details: few(left),
        hint: "each render would leave more: make it wait for what it starts, or end it",
      }),
  ].filter((each) => each !== false);
}
