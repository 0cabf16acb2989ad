/**
 * The steps of a bounded run, for both forms in subprocess.ts (synchronous and asynchronous).
 *
 * The program is not trusted: it may hang, flood its output, ignore TERM, leave children behind, hold its pipes open, or
 * not exist. The outcome is known after timeout + grace at the latest, and nothing that it started is left running: after
 * a normal exit too, the rest of its group gets TERM, then KILL after the grace. Output of that rest is not awaited.
 *
 * Why not `Bun.spawn({ timeout, maxBuffer })`: both only reach the direct child, never escalate, and a grandchild that
 * holds the pipe blocks the reader. So the child leads a session of its own, the whole group is signalled, output is
 * counted here, and orphans that left the group are found by a mark in their environment (Linux).
 */
import { cString } from "../ffi/library.ts";
import { kill } from "../ffi/signal.ts";
import { FILE_TYPE, statPath } from "../ffi/stat.ts";
import { pathOutside, resolveExecutable } from "./executable.ts";
import {
  Collected,
  type Ending,
  outcomeOf,
  type RunOutcome,
  type RunRequest,
  type SpawnFailure,
} from "./outcome.ts";
import {
  adoptDescendants,
  allowWaiting,
  groupIsEmpty,
  newRunMark,
  RUN_MARK,
  reapGroup,
  sweepOrphans,
} from "./process-group.ts";
import { SIG } from "./signals.ts";

const GRACE_MS = 200;
const MAX_OUTPUT_BYTES = 1 << 20;
const MAX_STDERR_BYTES = 1 << 16;
/** After the child's end, output that is still arriving may pause this long; after that, others hold the pipes. */
const QUIET_MS = 20;
const QUIET_CHECK_MS = 5;
/** How long to wait for a killed process to disappear. */
const REAP_MS = 150;

/** A started child, in either form. */
export interface BoundedChild {
  readonly pid: number;
  /** Whether the runtime also waits for children: see `sweepOrphans`. */
  readonly sharesChildren: boolean;
  /** How it ended; undefined while it runs. */
  status(): Extract<Ending, { kind: "exited" | "signaled" }> | undefined;
  /** Whether stdout and stderr have ended. */
  drained(): boolean;
}

/** What to start: the program's absolute path, its arguments without its name, and the whole environment. */
export interface BoundedCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export class BoundedRun {
  readonly request: RunRequest;
  readonly startedAt = performance.now();
  readonly stdout: Collected;
  readonly stderr = new Collected(MAX_STDERR_BYTES);
  readonly #mark = newRunMark();
  /** Set by the caller's signal. */
  aborted = false;

  constructor(request: RunRequest) {
    this.request = request;
    this.stdout = new Collected(request.maxOutputBytes ?? MAX_OUTPUT_BYTES);
  }

  /** Prepare this process for the child. @returns what to start, or why it cannot be started */
  prepare(): BoundedCommand | Ending {
    const [name, ...args] = this.request.argv;
    const env = this.#environment();
    const program = resolveExecutable(name, env.PATH, this.request.outside) ?? name;
    if (!program.startsWith("/"))
      return { kind: "spawnFailed", reason: "notFound", cause: `${name}: not found in PATH` };
    allowWaiting();
    adoptDescendants();
    return { program, args, env };
  }

  /** Without the variables that make a Bun program do something else, and with this run's mark. */
  #environment(): Record<string, string> {
    const { env = process.env, outside } = this.request;
    const { BUN_OPTIONS: _options, BUN_BE_BUN: _be, ...others } = env;
    const child: Record<string, string> = {};
    for (const [name, value] of Object.entries(others)) if (value !== undefined) child[name] = value;
    if (outside && child.PATH !== undefined) child.PATH = pathOutside(child.PATH, outside);
    child[RUN_MARK] = this.#mark;
    return child;
  }

  /**
   * From the child's start until its group is empty. Each yielded value is a pause in ms, during which the caller reads
   * and writes the pipes; it may resume early.
   */
  *steps(child: BoundedChild): Generator<number, Ending, void> {
    const stopped = yield* this.#untilEnd(child);
    const escalated = yield* endGroup(child, this.request.graceMs ?? GRACE_MS);
    yield* sweepOrphans(this.#mark, child.sharesChildren, REAP_MS);
    if (stopped?.kind === "timedOut") return { ...stopped, escalated };
    return stopped ?? child.status() ?? { kind: "exited", code: 0 };
  }

  /** @returns why the run must be stopped, or undefined when the child ended */
  *#untilEnd(child: BoundedChild): Generator<number, Ending | undefined, void> {
    const { timeoutMs } = this.request;
    let endedAt: number | undefined;
    for (;;) {
      const now = performance.now();
      const left = this.startedAt + timeoutMs - now;
      if (child.status()) {
        endedAt ??= now;
        const lastAt = Math.max(endedAt, this.stdout.lastAt, this.stderr.lastAt);
        if (child.drained() || now - lastAt >= QUIET_MS) return undefined;
        if (left <= 0 || this.aborted || this.stdout.overflowed) return undefined;
        yield Math.min(left, QUIET_CHECK_MS);
      } else {
        if (this.aborted) return { kind: "aborted" };
        if (this.stdout.overflowed) return this.#tooLarge();
        if (left <= 0) return { kind: "timedOut", afterMs: timeoutMs, escalated: false };
        yield left;
      }
    }
  }

  #tooLarge(): Ending {
    return { kind: "outputTooLarge", limitBytes: this.stdout.limit };
  }

  outcome(ending: Ending): RunOutcome {
    return outcomeOf(
      this.stdout.overflowed ? this.#tooLarge() : ending,
      this,
      this.startedAt,
      this.request.utf8,
    );
  }
}

/** TERM to the group, KILL after the grace, until it is empty. @returns whether KILL was needed */
function* endGroup(child: BoundedChild, graceMs: number): Generator<number, boolean, void> {
  if (yield* groupEnds(child, 0)) return false;
  kill(-child.pid, SIG.TERM);
  kill(-child.pid, SIG.CONT);
  if (yield* groupEnds(child, graceMs)) return false;
  kill(-child.pid, SIG.KILL);
  yield* groupEnds(child, REAP_MS);
  return true;
}

function* groupEnds(child: BoundedChild, withinMs: number): Generator<number, boolean, void> {
  const deadline = performance.now() + withinMs;
  for (let pause = 1; ; pause = Math.min(pause * 2, 10)) {
    if (child.status()) {
      reapGroup(child.pid);
      if (groupIsEmpty(child.pid)) return true;
    }
    const left = deadline - performance.now();
    if (left <= 0) return false;
    yield Math.min(pause, left);
  }
}

const NOT_EXECUTABLE = new Set(["EACCES", "ENOEXEC", "EPERM", "EISDIR"]);

/**
 * @param code the errno's name; ENOENT may mean the program, its interpreter, or the working directory
 * @param cause a message for people
 */
export function spawnFailed(code: string | undefined, cause: string, cwd: string | undefined): Ending {
  return { kind: "spawnFailed", reason: spawnFailure(code, cwd), cause };
}

function spawnFailure(code: string | undefined, cwd: string | undefined): SpawnFailure {
  if (code !== undefined && NOT_EXECUTABLE.has(code)) return "notExecutable";
  if (code !== "ENOENT" && code !== "ENOTDIR") return "other";
  return cwd === undefined || isDirectory(cwd) ? "notFound" : "noSuchDirectory";
}

function isDirectory(path: string): boolean {
  const facts = statPath(cString(path));
  return facts !== undefined && (facts.mode & FILE_TYPE.mask) === FILE_TYPE.directory;
}
