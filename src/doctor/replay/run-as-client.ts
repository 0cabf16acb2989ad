/**
 * Run a status line command as Claude Code does (2.1.331): `/bin/sh -c` as the leader of a new session, sockets for
 * stdin, stdout and stderr (Bun's "pipe" makes them), no terminal, stdin left open behind the payload.
 *
 * Not `runBounded`: that closes stdin, and ends without a word what the command leaves running, which is to be told here.
 */

import { kill } from "../../os/ffi/signal.ts";
import { decodeLossy } from "../../os/io/utf8.ts";
import { endProcesses } from "../../os/run/end-processes.ts";
import { Collected } from "../../os/run/outcome.ts";
import { groupIsEmpty } from "../../os/run/process-group.ts";
import { SIG } from "../../os/run/signals.ts";
import { environmentOf, recordOf, type UserProcess, userProcesses } from "../user-processes.ts";

export interface ClientRun {
  readonly command: string;
  readonly payload: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Ended after this long. Milliseconds. */
  readonly limitMs: number;
}

export interface Drawn {
  /** Its exit code; the name of the signal that ended it; or that it had to be ended. */
  readonly end: number | string | "hung";
  readonly stdout: string;
  readonly stderr: string;
  /** From the start to the end of the command. */
  readonly elapsedMs: number;
  /** What the command started and did not end; it is ended now. One line each. */
  readonly left: readonly string[];
}

const MAX_OUTPUT_BYTES = 1 << 20;
/** Output that is on its way when the command ends has come by then. Milliseconds. */
const OUTPUT_MS = 100;
/** What the command has started may end as long after it. Milliseconds. */
const GRACE_MS = 200;
const MARK = "PLIMSOLL_REPLAY";

let runs = 0;

/** @throws when no process can be started */
export async function runAsClient({ command, payload, env, cwd, limitMs }: ClientRun): Promise<Drawn> {
  const mark = `${process.pid}.${++runs}`;
  const startedAt = performance.now();
  using withUs = endWithUs();
  const child = Bun.spawn(["/bin/sh", "-c", command], {
    cwd,
    env: { ...env, [MARK]: mark },
    detached: true,
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
  withUs.group = child.pid;
  send(child.stdin, payload);
  const [stdout, stderr] = [new Collected(MAX_OUTPUT_BYTES), new Collected(MAX_OUTPUT_BYTES)];
  const reading = Promise.all([collect(child.stdout, stdout), collect(child.stderr, stderr)]);
  let hung = false;
  const timer = setTimeout(() => {
    hung = true;
    kill(-child.pid, SIG.KILL);
  }, limitMs);
  await child.exited;
  const elapsedMs = performance.now() - startedAt;
  clearTimeout(timer);
  await Promise.race([reading, Bun.sleep(OUTPUT_MS)]);
  const left = await endWhatIsLeft(child.pid, mark);
  return {
    end: hung ? "hung" : (child.signalCode ?? child.exitCode ?? 0),
    stdout: decodeLossy(stdout.bytes()),
    stderr: decodeLossy(stderr.bytes()),
    elapsedMs,
    left: hung ? [] : left,
  };
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * A signal that ends us ends a group first: what the terminal sends does not come to another session. It is heeded
 * before there is a group, so that there is no moment in between.
 */
function endWithUs(): Disposable & { group?: number } {
  const end = (signal: NodeJS.Signals) => {
    if (withUs.group !== undefined) kill(-withUs.group, SIG.KILL);
    forget();
    process.kill(process.pid, signal);
  };
  const forget = () => {
    for (const signal of SIGNALS) process.off(signal, end);
  };
  for (const signal of SIGNALS) process.on(signal, end);
  const withUs: Disposable & { group?: number } = { [Symbol.dispose]: forget };
  return withUs;
}

/** The end of stdin is not sent: a line that waits for it waits for ever, as in the client. */
function send(stdin: Bun.FileSink, payload: string): void {
  const ignore = () => {}; // a command that reads nothing, or not all, may well draw a line
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

/** @returns what is left of the command after a moment, once it is ended */
async function endWhatIsLeft(group: number, mark: string): Promise<string[]> {
  const deadline = performance.now() + GRACE_MS;
  let left = await leftOf(group, mark);
  while (left.length > 0 && performance.now() < deadline) {
    await Bun.sleep(10);
    left = await leftOf(group, mark);
  }
  if (left.length === 0) return [];
  await endProcesses(
    left.flatMap((each) => recordOf(each) ?? []),
    GRACE_MS,
    () => {},
  );
  // Where start times are not to be had (macOS) nothing was ended yet: the group is ours as long as it has a member.
  kill(-group, SIG.KILL);
  return left.map(({ pid, words }) => `pid ${pid}: ${words.join(" ").slice(0, 200)}`);
}

/** Its group, and what has left that. Only Linux shows environments: elsewhere the latter is not found. */
async function leftOf(group: number, mark: string): Promise<UserProcess[]> {
  if (process.platform !== "linux" && groupIsEmpty(group)) return [];
  return (await userProcesses()).filter(
    (each) => each.state !== "Z" && (each.group === group || environmentOf(each.pid)?.[MARK] === mark),
  );
}
