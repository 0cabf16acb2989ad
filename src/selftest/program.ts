/**
 * This program, started by itself as its users start it: the only program that there is in an empty container.
 *
 * Whatever it is made to do ends by itself within seconds, because it waits only for locks that the selftest holds, and
 * the kernel frees those when the selftest is killed.
 */

import { kill } from "../process/libc/signal.ts";
import { runtimeChildren } from "../process/process-group.ts";
import { SIG, signalName } from "../process/signals.ts";
import { type Outcome, runBounded } from "../process/subprocess.ts";

/** How one run of it ended. */
export interface Ended {
  /** "exit 0", "killed by SIGTERM", "not ended after 5000 ms" */
  readonly how: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly elapsedMs: number;
}

export interface StartOptions {
  /**
   * What to write to its stdin; `start` leaves that open then, as Claude Code may. Default: a blank line, and the end.
   */
  readonly stdin?: string;
  /** Variables beside or instead of the usual ones; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** One that runs. */
export interface Started {
  readonly pid: number;
  readonly ended: Promise<Ended>;
}

/** For nothing, and for no bytes, the runtime would open /dev/null, which an empty container does not have. */
const NOTHING = "\n";
/** One run may take this long: a hundred times what it needs. Milliseconds. */
export const PATIENCE_MS = 5_000;
/** After its end, what it wrote is on its way for this long at most; later the pipe is somebody else's. */
const QUIET_MS = 100;

export interface ProgramOptions {
  /** The program's absolute path. */
  readonly path: string;
  /** The directory that it is started in, and its whole environment. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Ends what runs. */
  readonly signal: AbortSignal;
}

export class Program {
  readonly #options: ProgramOptions;
  readonly #running = new Set<Bun.Subprocess>();

  constructor(options: ProgramOptions) {
    this.#options = options;
    options.signal.addEventListener("abort", () => this.killAll(), { once: true });
  }

  /** Run to the end; nothing that it started is left after that. */
  async run(args: readonly string[], { stdin = NOTHING, env }: StartOptions = {}): Promise<Ended> {
    const { path, cwd, signal } = this.#options;
    const outcome = await runBounded({
      argv: [path, ...args],
      cwd,
      env: this.#environment(env),
      stdin,
      timeoutMs: PATIENCE_MS,
      utf8: "lossy",
      signal,
    });
    return { ...outcome, how: describeEnd(outcome) };
  }

  /** Start in a session of its own; it is killed when it takes too long, but nothing is done to what it leaves behind. */
  start(args: readonly string[], { stdin, env }: StartOptions = {}): Started {
    this.#options.signal.throwIfAborted();
    const startedAt = performance.now();
    const child = Bun.spawn([this.#options.path, ...args], {
      cwd: this.#options.cwd,
      env: this.#environment(env),
      detached: true,
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
    });
    this.#running.add(child);
    runtimeChildren.add(child.pid);
    child.stdin.write(stdin ?? NOTHING);
    if (stdin === undefined) child.stdin.end();
    else child.stdin.flush();
    return { pid: child.pid, ended: this.#end(child, startedAt) };
  }

  /** End everything that `start` has started and that still runs. */
  killAll(): void {
    for (const child of this.#running) kill(-child.pid, SIG.KILL);
  }

  async #end(child: Bun.Subprocess<"pipe", "pipe", "pipe">, startedAt: number): Promise<Ended> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      kill(-child.pid, SIG.KILL);
    }, PATIENCE_MS);
    const output = [child.stdout, child.stderr].map((stream) => new Response(stream).text());
    await child.exited;
    clearTimeout(timer);
    this.#running.delete(child);
    runtimeChildren.delete(child.pid);
    const [stdout = "", stderr = ""] = await Promise.all(output.map(soon));
    const elapsedMs = performance.now() - startedAt;
    const how = late
      ? `not ended after ${PATIENCE_MS} ms`
      : child.signalCode
        ? `killed by ${child.signalCode}`
        : `exit ${child.exitCode}`;
    return { how, stdout, stderr, elapsedMs };
  }

  #environment(changes: StartOptions["env"] = {}): Record<string, string> {
    const all = Object.entries({ ...this.#options.env, ...changes });
    return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined));
  }
}

const soon = (text: Promise<string>): Promise<string> =>
  Promise.race([text, Bun.sleep(QUIET_MS).then(() => "")]);

function describeEnd(outcome: Outcome): string {
  switch (outcome.kind) {
    case "exited":
      return `exit ${outcome.code}`;
    case "signaled":
      return `killed by SIG${signalName(outcome.signal)}`;
    case "timedOut":
      return `not ended after ${outcome.afterMs} ms`;
    case "spawnFailed":
      return `not started: ${outcome.cause}`;
    default:
      return outcome.kind;
  }
}
