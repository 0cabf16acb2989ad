/**
 * This program, started by itself as its users start it: the only program that there is in an empty container.
 *
 * Whatever it is made to do ends by itself within seconds, because it waits only for locks that the selftest holds, and
 * the kernel frees those when the selftest is killed.
 */

import { kill } from "../os/ffi/signal.ts";
import {
  adoptDescendants,
  groupIsEmpty,
  newRunMark,
  RUN_MARK,
  reapGroup,
  runtimeChildren,
} from "../os/run/process-group.ts";
import { SIG } from "../os/run/signals.ts";
import { runBounded, sweep } from "../os/run/subprocess.ts";
import { type Ended, howChildEnded, howEnded } from "./ended.ts";

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
/** After its end, what it wrote is on its way for this long at most; later the pipe is somebody else's. */
const QUIET_MS = 100;
/** How long what was killed may take to vanish. Milliseconds. */
const VANISH_MS = 500;

export interface ProgramOptions {
  /** The program's absolute path. */
  readonly path: string;
  /** The directory that it is started in, and its whole environment. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** How long one run may take. Milliseconds. */
  readonly runTimeoutMs: number;
  /** Ends what runs. */
  readonly signal: AbortSignal;
}

export class Program {
  readonly #options: ProgramOptions;
  readonly #running = new Map<Bun.Subprocess, Promise<Ended>>();
  /** Of all that `start` has started. */
  readonly #groups = new Set<number>();
  readonly #mark = newRunMark();

  constructor(options: ProgramOptions) {
    this.#options = options;
    options.signal.addEventListener("abort", () => this.#kill(), { once: true });
  }

  /** Run to the end; nothing that it started is left after that. */
  async run(args: readonly string[], { stdin = NOTHING, env }: StartOptions = {}): Promise<Ended> {
    const { path, cwd, signal, runTimeoutMs } = this.#options;
    const outcome = await runBounded({
      argv: [path, ...args],
      cwd,
      env: this.#environment(env),
      stdin,
      timeoutMs: runTimeoutMs,
      utf8: "lossy",
      signal,
    });
    return { ...outcome, how: howEnded(outcome) };
  }

  /** Start in a session of its own; it is killed when it takes too long, but what it leaves behind is left alone until `end`. */
  start(args: readonly string[], { stdin, env }: StartOptions = {}): Started {
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
    const ended = this.#outcome(child, feed(child.stdin, stdin), startedAt);
    this.#running.set(child, ended);
    this.#groups.add(child.pid);
    return { pid: child.pid, ended };
  }

  /** End everything that `start` has started and that still runs, and what that left behind. */
  async end(): Promise<void> {
    this.#kill();
    await Promise.all(this.#running.values());
    await sweep(this.#mark);
    // Killed members of a group are ours to wait for, when they come to their end.
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

  async #outcome(child: Child, fed: Promise<void>, startedAt: number): Promise<Ended> {
    runtimeChildren.add(child.pid);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      kill(-child.pid, SIG.KILL);
    }, this.#options.runTimeoutMs);
    const output = [child.stdout, child.stderr].map((stream) => new Response(stream).text());
    await child.exited;
    await fed;
    clearTimeout(timer);
    this.#running.delete(child);
    runtimeChildren.delete(child.pid);
    const [stdout = "", stderr = ""] = await Promise.all(output.map(soon));
    const elapsedMs = performance.now() - startedAt;
    return {
      how: howChildEnded(child, late ? this.#options.runTimeoutMs : undefined),
      stdout,
      stderr,
      elapsedMs,
    };
  }

  #environment(changes: StartOptions["env"] = {}): Record<string, string> {
    const all = Object.entries({ ...this.#options.env, ...changes });
    return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined));
  }
}

type Child = Bun.Subprocess<"pipe", "pipe", "pipe">;

async function feed(sink: Bun.FileSink, text: string | undefined): Promise<void> {
  try {
    sink.write(text ?? NOTHING);
    await (text === undefined ? sink.end() : sink.flush());
  } catch (error) {
    // One that ends without reading is judged by how it ended.
    if ((error as NodeJS.ErrnoException).code !== "EPIPE") throw error;
  }
}

const soon = (text: Promise<string>): Promise<string> =>
  Promise.race([text, Bun.sleep(QUIET_MS).then(() => "")]);
