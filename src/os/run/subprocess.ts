/** The two forms of a bounded run (bounded-run.ts): with the event loop running, and blocking. */
import { close, makePipe, OPEN, openExisting, POLL, pollAll, read, write } from "../ffi/file.ts";
import { errnoName, errorText } from "../ffi/library.ts";
import { RUNTIME_IGNORES } from "../ffi/signal.ts";
import { spawn, waitFor } from "../ffi/spawn.ts";
import { type BoundedChild, type BoundedCommand, BoundedRun, spawnFailed } from "./bounded-run.ts";
import type { Collected, Ending, RunOutcome, RunRequest } from "./outcome.ts";
import { runtimeChildren, sweepOrphans } from "./process-group.ts";
import { parseSignal } from "./signals.ts";

/** setTimeout fires immediately beyond this. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Run a program to its end or to its limits, with the event loop running.
 * @param request what to run; `signal` ends it early, as the timeout does
 * @returns how it ended; never throws for what the program does
 */
export async function runBounded(
  request: RunRequest & { readonly signal?: AbortSignal },
): Promise<RunOutcome> {
  const run = new BoundedRun(request);
  if (request.signal?.aborted) return run.outcome({ kind: "aborted" });
  const command = run.prepare();
  const child = "kind" in command ? command : startWithRuntime(run, command);
  if ("kind" in child) return run.outcome(child);
  const abort = () => {
    run.aborted = true;
    child.wake();
  };
  request.signal?.addEventListener("abort", abort, { once: true });
  const steps = run.steps(child);
  let step = steps.next();
  for (; !step.done; step = steps.next()) await child.pause(step.value);
  request.signal?.removeEventListener("abort", abort);
  await child.cancel();
  return run.outcome(step.value);
}

function startWithRuntime(run: BoundedRun, { program, args, env }: BoundedCommand): RuntimeChild | Ending {
  const { argv, cwd, stdin } = run.request;
  try {
    const child = Bun.spawn([program, ...args], {
      argv0: argv[0],
      env,
      ...(cwd !== undefined && { cwd }),
      detached: true,
      stdin: stdin === undefined ? "ignore" : typeof stdin === "string" ? Buffer.from(stdin) : stdin,
      stdout: "pipe",
      stderr: "pipe",
    });
    return new RuntimeChild(child, run);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return spawnFailed(code, message, cwd);
  }
}

/** A child of Bun.spawn: the runtime moves its output and waits for it. */
class RuntimeChild implements BoundedChild {
  readonly sharesChildren = true;
  readonly #child: Bun.Subprocess<"ignore" | Uint8Array, "pipe", "pipe">;
  readonly #cancels: (() => Promise<void>)[] = [];
  #open = 2;
  /** Ends the current pause. */
  wake: () => void = () => {};

  constructor(child: Bun.Subprocess<"ignore" | Uint8Array, "pipe", "pipe">, run: BoundedRun) {
    this.#child = child;
    runtimeChildren.add(child.pid);
    child.exited.then(() => {
      runtimeChildren.delete(child.pid);
      this.wake();
    });
    void this.#collect(child.stdout, run.stdout);
    void this.#collect(child.stderr, run.stderr);
  }

  get pid(): number {
    return this.#child.pid;
  }

  status() {
    const { exitCode, signalCode } = this.#child;
    const signal = signalCode === null ? undefined : parseSignal(String(signalCode));
    if (signal !== undefined) return { kind: "signaled", signal } as const;
    return exitCode === null && signalCode === null
      ? undefined
      : ({ kind: "exited", code: exitCode ?? 0 } as const);
  }

  drained(): boolean {
    return this.#open === 0;
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.min(ms, MAX_TIMER_MS));
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Output beyond the limit is read and dropped. */
  async #collect(stream: ReadableStream<Uint8Array>, into: Collected): Promise<void> {
    const reader = stream.getReader();
    // Cancelling a stream that has failed already fails again.
    this.#cancels.push(() => reader.cancel().catch(() => {}));
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        into.add(next.value);
        if (into.overflowed) this.wake();
      }
    } catch {
      // A read error is the end of the output: the child's status is the outcome.
    }
    this.#open--;
    this.wake();
  }

  async cancel(): Promise<void> {
    await Promise.all(this.#cancels.map((cancel) => cancel()));
  }
}

/** End the orphans with a run's mark. Does nothing where orphans are not adopted. */
export async function sweep(mark: string, withinMs = 150): Promise<void> {
  for (const pause of sweepOrphans(mark, true, withinMs)) await Bun.sleep(pause);
}

/**
 * `runBounded`, blocking. `Bun.spawnSync` does not escalate when TERM is ignored and waits for a grandchild's pipe, so
 * this uses posix_spawn(3) and poll(2): one loop feeds stdin, drains stdout and stderr, and waits for the child's end.
 */
export function runBoundedSync(request: RunRequest): RunOutcome {
  const run = new BoundedRun(request);
  const command = run.prepare();
  const child = "kind" in command ? command : startPolled(run, command);
  if ("kind" in child) return run.outcome(child);
  const steps = run.steps(child);
  let step = steps.next();
  for (; !step.done; step = steps.next()) child.pause(step.value);
  child.finish();
  return run.outcome(step.value);
}

function startPolled(run: BoundedRun, { program, args, env }: BoundedCommand): PolledChild | Ending {
  const { argv, cwd, stdin } = run.request;
  const input =
    stdin === undefined ? ([openExisting("/dev/null", OPEN.RDONLY | OPEN.CLOEXEC), -1] as const) : makePipe();
  const [output, errors] = [makePipe(), makePipe()];
  const closeAll = () => {
    for (const fd of [input, output, errors].flatMap((ends) => ends ?? [])) if (fd >= 0) close(fd);
  };
  if (!input || !output || !errors) {
    closeAll();
    return { kind: "spawnFailed", reason: "other", cause: "no descriptors left" };
  }
  const pid = spawn({
    argv: [program, ...args],
    env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    place: "session",
    defaults: RUNTIME_IGNORES,
    stdio: [input[0], output[1], errors[1]],
    ...(cwd !== undefined && { cwd }),
  });
  if (pid < 0) {
    closeAll();
    return spawnFailed(errnoName(-pid), `${argv[0]}: ${errorText(-pid)}`, cwd);
  }
  for (const fd of [input[0], output[1], errors[1]]) close(fd);
  return new PolledChild(pid, [input[1], output[0], errors[0]], run);
}

/** How often to check for the child's end while its pipes are silent. Milliseconds. */
const TICK_MS = 5;
const CHUNK_BYTES = 1 << 16;
/** What a pipe that poll(2) reports as writable accepts without blocking, on every system. */
const STDIN_CHUNK_BYTES = 512;

/** A child of posix_spawn(3): we move its output and wait for it. */
class PolledChild implements BoundedChild {
  readonly sharesChildren = false;
  readonly pid: number;
  /** Our ends of its pipes: writing, reading, reading. -1 once closed. */
  readonly #ends: [stdin: number, stdout: number, stderr: number];
  readonly #run: BoundedRun;
  readonly #chunk = new Uint8Array(CHUNK_BYTES);
  #input: Uint8Array;
  #status: ReturnType<BoundedChild["status"]>;

  constructor(pid: number, ends: [stdin: number, stdout: number, stderr: number], run: BoundedRun) {
    const { stdin = "" } = run.request;
    this.pid = pid;
    this.#ends = ends;
    this.#run = run;
    this.#input = typeof stdin === "string" ? new TextEncoder().encode(stdin) : stdin;
    if (this.#input.length === 0) this.#close(0);
  }

  status() {
    this.#status ??= waitFor(this.pid, false)?.status;
    return this.#status;
  }

  drained(): boolean {
    return this.#ends[1] < 0 && this.#ends[2] < 0;
  }

  /** Move output, waiting at most `ms` for the first of it. */
  pause(ms: number): void {
    const [stdin, stdout, stderr] = this.#ends;
    const requests = [
      { fd: stdin, events: POLL.OUT },
      { fd: stdout, events: POLL.IN },
      { fd: stderr, events: POLL.IN },
    ];
    const found = pollAll(requests, Math.ceil(Math.min(ms, TICK_MS)));
    if (found[0]) this.#feed();
    if (found[1]) this.#drain(1, this.#run.stdout);
    if (found[2]) this.#drain(2, this.#run.stderr);
  }

  #feed(): void {
    const written = write(this.#ends[0], this.#input.subarray(0, STDIN_CHUNK_BYTES));
    // The child may stop reading: its status shows whether that mattered.
    this.#input = written < 0 ? new Uint8Array() : this.#input.subarray(written);
    if (this.#input.length === 0) this.#close(0);
  }

  #drain(end: 1 | 2, into: Collected): void {
    const count = read(this.#ends[end], this.#chunk);
    if (count <= 0) this.#close(end);
    else into.add(this.#chunk.slice(0, count));
  }

  #close(end: 0 | 1 | 2): void {
    if (this.#ends[end] >= 0) close(this.#ends[end]);
    this.#ends[end] = -1;
  }

  /** Read what was written just before the end (one read empties a full pipe), and close. */
  finish(): void {
    if (!this.drained()) this.pause(0);
    for (const end of [0, 1, 2] as const) this.#close(end);
  }
}
