/**
 * Runs of this program, as its users start it; an empty container has no other.
 *
 * Every run ends within seconds even if the selftest is killed: runs wait only for locks that the selftest holds, and
 * the kernel frees those.
 */
import { kill } from "../os/ffi/signal.ts";
import type { RunOutcome } from "../os/run/outcome.ts";
import {
  adoptDescendants,
  groupIsEmpty,
  newRunMark,
  RUN_MARK,
  reapGroup,
  runtimeChildren,
} from "../os/run/process-group.ts";
import { SIG, signalName } from "../os/run/signals.ts";
import { runBounded, sweep } from "../os/run/subprocess.ts";

export interface ProgramOptions {
  /** Absolute. */
  readonly path: string;
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Of one run. Milliseconds. */
  readonly timeoutMs: number;
  /** Kills all runs. */
  readonly signal: AbortSignal;
}

export interface RunOptions {
  /** Default: an empty line, then the end. `start` leaves a given stdin open, as Claude Code may. */
  readonly stdin?: string;
  /** Changes to the environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface RunEnd {
  /** "exit 0", "killed by SIGTERM", "not ended after 5000 ms" */
  readonly how: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly elapsedMs: number;
}

export interface RunningProgram {
  readonly pid: number;
  readonly ended: Promise<RunEnd>;
}

/** For an empty stdin the runtime would open /dev/null, which an empty container does not have. */
const EMPTY_STDIN = "\n";
/** Limit for output that arrives after the end; after that, another process holds the pipe. */
const QUIET_MS = 100;
/** Limit for killed processes to disappear. */
const VANISH_MS = 500;

export class Program {
  readonly #options: ProgramOptions;
  readonly #running = new Map<Bun.Subprocess, Promise<RunEnd>>();
  /** Process groups of `start`. */
  readonly #groups = new Set<number>();
  readonly #mark = newRunMark();

  constructor(options: ProgramOptions) {
    this.#options = options;
    options.signal.addEventListener("abort", () => this.#kill(), { once: true });
  }

  /** Run the program to its end, and kill what it leaves running. */
  async run(args: readonly string[], { stdin = EMPTY_STDIN, env }: RunOptions = {}): Promise<RunEnd> {
    const { path, cwd, signal, timeoutMs } = this.#options;
    const outcome = await runBounded({
      argv: [path, ...args],
      cwd,
      env: this.#environment(env),
      stdin,
      timeoutMs,
      utf8: "lossy",
      signal,
    });
    return { ...outcome, how: describeOutcome(outcome) };
  }

  /** Start the program in a session of its own. It is killed after the timeout; what it leaves running, by `end`. */
  start(args: readonly string[], { stdin, env }: RunOptions = {}): RunningProgram {
    this.#options.signal.throwIfAborted();
    adoptDescendants();
    const startedAt = performance.now();
    const child = Bun.spawn([this.#options.path, ...args], {
      cwd: this.#options.cwd,
      env: { ...this.#environment(env), [RUN_MARK]: this.#mark },
      detached: true,
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
    });
    const ended = this.#endOf(child, feed(child.stdin, stdin), startedAt);
    this.#running.set(child, ended);
    this.#groups.add(child.pid);
    return { pid: child.pid, ended };
  }

  /** Kill every run of `start`, and what it left running. */
  async end(): Promise<void> {
    this.#kill();
    await Promise.all(this.#running.values());
    await sweep(this.#mark);
    // Killed members of the groups are our zombies.
    const deadline = performance.now() + VANISH_MS;
    while (!this.#groupsAreEmpty() && performance.now() < deadline) await Bun.sleep(2);
  }

  #groupsAreEmpty(): boolean {
    for (const group of this.#groups) {
      reapGroup(group);
      if (groupIsEmpty(group)) this.#groups.delete(group);
    }
    return this.#groups.size === 0;
  }

  #kill(): void {
    for (const child of this.#running.keys()) kill(-child.pid, SIG.KILL);
  }

  async #endOf(child: PipedChild, fed: Promise<void>, startedAt: number): Promise<RunEnd> {
    runtimeChildren.add(child.pid);
    const { timeoutMs } = this.#options;
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      kill(-child.pid, SIG.KILL);
    }, timeoutMs);
    const output = [child.stdout, child.stderr].map((stream) => new Response(stream).text());
    await child.exited;
    await fed;
    clearTimeout(timer);
    this.#running.delete(child);
    runtimeChildren.delete(child.pid);
    const [stdout = "", stderr = ""] = await Promise.all(output.map(waitBriefly));
    const elapsedMs = performance.now() - startedAt;
    const { exitCode, signalCode } = child;
    const how = signalCode === null ? `exit ${exitCode}` : `killed by ${signalCode}`;
    return { how: isLate ? late(timeoutMs) : how, stdout, stderr, elapsedMs };
  }

  #environment(changes: RunOptions["env"] = {}): Record<string, string> {
    const all = Object.entries({ ...this.#options.env, ...changes });
    return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined));
  }
}

type PipedChild = Bun.Subprocess<"pipe", "pipe", "pipe">;

async function feed(sink: Bun.FileSink, text: string | undefined): Promise<void> {
  try {
    sink.write(text ?? EMPTY_STDIN);
    await (text === undefined ? sink.end() : sink.flush());
  } catch (error) {
    // A program that does not read its stdin is judged by its exit code.
    if ((error as NodeJS.ErrnoException).code !== "EPIPE") throw error;
  }
}

const waitBriefly = (text: Promise<string>): Promise<string> =>
  Promise.race([text, Bun.sleep(QUIET_MS).then(() => "")]);

const late = (ms: number): string => `not ended after ${ms} ms`;

function describeOutcome(outcome: RunOutcome): string {
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
