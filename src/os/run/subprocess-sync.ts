/**
 * The synchronous form of `runBounded`: the same request, the same outcome, the event loop standing still.
 *
 * `Bun.spawnSync` does not escalate when TERM is ignored and waits for a grandchild's pipe, so this is posix_spawn(3) and
 * poll(2): stdin is fed, stdout and stderr are drained, and the child's end is awaited in one loop.
 */

import { close, O, openExisting, POLL, read, write } from "../ffi/file.ts";
import { errnoName, errorText } from "../ffi/library.ts";
import { makePipe, pollAll } from "../ffi/pipe.ts";
import { kill } from "../ffi/signal.ts";
import { spawn, type WaitStatus, waitFor } from "../ffi/spawn.ts";
import { resolveExecutable } from "./executable.ts";
import {
  Collected,
  childEnvironment,
  concludeRun,
  DEFAULTS,
  type Ending,
  type Outcome,
  type RunRequest,
} from "./outcome.ts";
import {
  adoptDescendants,
  allowWaiting,
  groupIsEmpty,
  newRunMark,
  Orphans,
  reapGroup,
} from "./process-group.ts";
import { RUNTIME_IGNORES, SIG } from "./signals.ts";
import { spawnFailed } from "./spawn-failure.ts";

/** How often the child's end is looked for while its pipes are silent. */
const TICK_MS = 5;
const QUIET_MS = 20;
const REAP_MS = 150;
const CHUNK_BYTES = 1 << 16;
/** What fits into a pipe that poll(2) calls writable, on every system. */
const STDIN_CHUNK_BYTES = 512;

/**
 * Run to its end or to its bounds.
 * @returns how it ended; never throws for what the program does
 */
export function runBoundedSync(request: RunRequest): Outcome {
  const startedAt = performance.now();
  const { graceMs = DEFAULTS.graceMs, maxOutputBytes = DEFAULTS.maxOutputBytes, utf8 = "strict" } = request;
  const stdout = new Collected(maxOutputBytes);
  const stderr = new Collected(DEFAULTS.maxStderrBytes);
  const mark = newRunMark();
  const conclude = (ending: Ending) => concludeRun(ending, stdout, stderr, { startedAt, utf8 });

  const child = start(request, mark);
  if ("kind" in child) return conclude(child);
  const streams = new Streams(child, request.stdin, stdout, stderr);
  const stopped = watch(child, streams, startedAt + request.timeoutMs, request.timeoutMs, maxOutputBytes);
  const escalated = endGroup(child, streams, graceMs);
  sweep(mark);
  // What was said between the last look and the end is in the pipes still; one turn empties a full one.
  if (!streams.drained) streams.turn(0);
  streams.close();

  if (stdout.overflowed) return conclude({ kind: "outputTooLarge", limitBytes: maxOutputBytes });
  if (stopped) return conclude(stopped.kind === "timedOut" ? { ...stopped, escalated } : stopped);
  const { status } = child;
  if (status?.kind === "signaled") return conclude({ kind: "signaled", signal: status.signal });
  return conclude({ kind: "exited", code: status?.code ?? 0 });
}

interface Child {
  readonly pid: number;
  /** Our ends: writing, reading, reading. -1 once closed. */
  readonly ends: [stdin: number, stdout: number, stderr: number];
  status: WaitStatus | undefined;
}

function start(request: RunRequest, mark: string): Child | Ending {
  const env = childEnvironment(request, mark);
  const program = resolveExecutable(request.argv[0], env.PATH, request.outside) ?? request.argv[0];
  if (!program.startsWith("/"))
    return { kind: "spawnFailed", reason: "notFound", cause: `${request.argv[0]}: not found in PATH` };
  allowWaiting();
  adoptDescendants();
  const input =
    request.stdin === undefined
      ? ([openExisting("/dev/null", O.RDONLY | O.CLOEXEC), -1] as const)
      : makePipe();
  const [output, errors] = [makePipe(), makePipe()];
  const closeAll = () => {
    for (const fd of [input, output, errors].flatMap((ends) => ends ?? [])) if (fd >= 0) close(fd);
  };
  if (!input || !output || !errors) {
    closeAll();
    return { kind: "spawnFailed", reason: "other", cause: "no descriptors left" };
  }
  const pid = spawn({
    argv: [program, ...request.argv.slice(1)],
    env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    place: "session",
    defaults: RUNTIME_IGNORES,
    stdio: [input[0], output[1], errors[1]],
    ...(request.cwd === undefined ? {} : { cwd: request.cwd }),
  });
  if (pid < 0) {
    closeAll();
    return spawnFailed(errnoName(-pid), `${request.argv[0]}: ${errorText(-pid)}`, request.cwd);
  }
  for (const fd of [input[0], output[1], errors[1]]) close(fd);
  return { pid, ends: [input[1], output[0], errors[0]], status: undefined };
}

/** The child's three pipes, fed and drained as poll(2) allows. */
class Streams {
  readonly #ends: Child["ends"];
  readonly #into: readonly [Collected, Collected];
  #input: Uint8Array;
  readonly #chunk = new Uint8Array(CHUNK_BYTES);
  lastAt = performance.now();

  constructor(child: Child, stdin: string | Uint8Array | undefined, stdout: Collected, stderr: Collected) {
    this.#ends = child.ends;
    this.#into = [stdout, stderr];
    this.#input = typeof stdin === "string" ? new TextEncoder().encode(stdin) : (stdin ?? new Uint8Array());
    if (this.#input.length === 0) this.#closeEnd(0);
  }

  get overflowed(): boolean {
    return this.#into[0].overflowed;
  }

  get drained(): boolean {
    return this.#ends[1] < 0 && this.#ends[2] < 0;
  }

  /** Move what can be moved, waiting at most `timeoutMs` for the first of it. */
  turn(timeoutMs: number): void {
    const [stdin, stdout, stderr] = this.#ends;
    const found = pollAll(
      [
        { fd: stdin, events: POLL.OUT },
        { fd: stdout, events: POLL.IN },
        { fd: stderr, events: POLL.IN },
      ],
      Math.max(0, Math.ceil(timeoutMs)),
    );
    if (found[0]) this.#feed();
    if (found[1]) this.#drain(1);
    if (found[2]) this.#drain(2);
  }

  #feed(): void {
    const written = write(this.#ends[0], this.#input.subarray(0, STDIN_CHUNK_BYTES));
    // A child that does not read any more is none of our concern: how it ended tells whether that mattered.
    this.#input = written < 0 ? new Uint8Array() : this.#input.subarray(written);
    if (this.#input.length === 0) this.#closeEnd(0);
  }

  #drain(which: 1 | 2): void {
    const count = read(this.#ends[which], this.#chunk);
    if (count <= 0) this.#closeEnd(which);
    else {
      this.lastAt = performance.now();
      this.#into[which - 1]?.add(this.#chunk.slice(0, count));
    }
  }

  #closeEnd(which: 0 | 1 | 2): void {
    if (this.#ends[which] >= 0) close(this.#ends[which]);
    this.#ends[which] = -1;
  }

  close(): void {
    for (const which of [0, 1, 2] as const) this.#closeEnd(which);
  }
}

/** @returns why the run has to be stopped, or undefined when the child ended by itself */
function watch(
  child: Child,
  streams: Streams,
  deadline: number,
  timeoutMs: number,
  limitBytes: number,
): Ending | undefined {
  for (;;) {
    if (ended(child) && (streams.drained || performance.now() - streams.lastAt >= QUIET_MS)) return undefined;
    const left = deadline - performance.now();
    if (left <= 0)
      return child.status ? undefined : { kind: "timedOut", afterMs: timeoutMs, escalated: false };
    streams.turn(Math.min(left, TICK_MS));
    if (streams.overflowed) return { kind: "outputTooLarge", limitBytes };
  }
}

function ended(child: Child): boolean {
  child.status ??= waitFor(child.pid, false)?.status;
  return child.status !== undefined;
}

function endGroup(child: Child, streams: Streams, graceMs: number): boolean {
  if (vanished(child, streams, 0)) return false;
  kill(-child.pid, SIG.TERM);
  kill(-child.pid, SIG.CONT);
  if (vanished(child, streams, graceMs)) return false;
  kill(-child.pid, SIG.KILL);
  vanished(child, streams, REAP_MS);
  return true;
}

/** Output is drained meanwhile: a child that handles TERM may have something to say first. */
function vanished(child: Child, streams: Streams, withinMs: number): boolean {
  const deadline = performance.now() + withinMs;
  for (let pause = 1; ; pause = Math.min(pause * 2, 10)) {
    if (ended(child)) reapGroup(child.pid);
    if (child.status && groupIsEmpty(child.pid)) return true;
    const left = deadline - performance.now();
    if (left <= 0) return false;
    if (streams.drained) Bun.sleepSync(Math.min(pause, left));
    else streams.turn(Math.min(pause, left));
  }
}

function sweep(mark: string): void {
  const orphans = new Orphans(mark);
  const deadline = performance.now() + REAP_MS;
  while (orphans.round({ strangersToo: false }) && performance.now() < deadline) Bun.sleepSync(1);
}
