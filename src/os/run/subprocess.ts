/**
 * Run a program whose behaviour is not to be trusted: it may hang, flood, ignore TERM, leave children behind, hold its
 * pipes open, or not exist. Whatever it does, the answer comes by deadline + grace, and nothing of it is left running.
 *
 * Why not `Bun.spawn({ timeout, maxBuffer })`: both reach the direct child only, never escalate, and a grandchild that
 * holds the pipe keeps the reader waiting. So the child leads a session of its own, the whole group is signalled, output
 * is counted here, and orphans that left the group are found by a mark in their environment (Linux).
 *
 * What the child leaves running when it ends by itself ends too: TERM, grace, KILL. Its output is not waited for.
 */

import { kill } from "../ffi/signal.ts";
import { resolveExecutable } from "./executable.ts";
import {
  Collected,
  childEnvironment,
  concludeRun,
  DEFAULTS,
  type Ending,
  type Outcome,
  type RunRequest,
  timerMs,
} from "./outcome.ts";
import {
  adoptDescendants,
  allowWaiting,
  groupIsEmpty,
  newRunMark,
  Orphans,
  reapGroup,
  runtimeChildren,
} from "./process-group.ts";
import { parseSignal, SIG } from "./signals.ts";
import { spawnFailed } from "./spawn-failure.ts";

export type { Ending, Outcome, RunRequest } from "./outcome.ts";

/** After the child's end, output that is on its way may take this long; then the pipes are somebody else's. */
const QUIET_MS = 20;
/** How long a killed process may take to vanish before we stop looking. */
const REAP_MS = 150;

/**
 * Run to its end or to its bounds, with the event loop running.
 * @param request what to run; `signal` ends it early, as its deadline would
 * @returns how it ended; never throws for what the program does
 */
export async function runBounded(request: RunRequest & { readonly signal?: AbortSignal }): Promise<Outcome> {
  const startedAt = performance.now();
  const { graceMs = DEFAULTS.graceMs, maxOutputBytes = DEFAULTS.maxOutputBytes, utf8 = "strict" } = request;
  const stdout = new Collected(maxOutputBytes);
  const stderr = new Collected(DEFAULTS.maxStderrBytes);
  const mark = newRunMark();
  const conclude = (ending: Ending) => concludeRun(ending, stdout, stderr, { startedAt, utf8 });

  if (request.signal?.aborted) return conclude({ kind: "aborted" });
  const child = start(request, mark);
  if (!("pid" in child)) return conclude(child);

  let stop: (ending: Ending) => void = () => {};
  const stopped = new Promise<Ending>((resolve) => {
    stop = resolve;
  });
  const reading = [
    pump(child.stdout, stdout, () => stop({ kind: "outputTooLarge", limitBytes: maxOutputBytes })),
    pump(child.stderr, stderr, () => {}),
  ];
  const timer = setTimeout(
    () => stop({ kind: "timedOut", afterMs: request.timeoutMs, escalated: false }),
    timerMs(request.timeoutMs),
  );
  const onAbort = () => stop({ kind: "aborted" });
  request.signal?.addEventListener("abort", onAbort, { once: true });

  const first = await Promise.race([stopped, child.exited.then(() => undefined)]);
  if (!first) await Promise.race([Promise.all(reading.map((each) => each.ended)), quiet(reading), stopped]);
  clearTimeout(timer);
  request.signal?.removeEventListener("abort", onAbort);
  const escalated = await endGroup(child, graceMs);
  await sweep(mark);
  await Promise.all(reading.map((each) => each.cancel()));

  if (stdout.overflowed) return conclude({ kind: "outputTooLarge", limitBytes: maxOutputBytes });
  if (!first) return conclude(endingOf(child));
  return conclude(first.kind === "timedOut" ? { ...first, escalated } : first);
}

type Child = Bun.Subprocess<"ignore" | Uint8Array, "pipe", "pipe">;

function start(request: RunRequest, mark: string): Child | Ending {
  const env = childEnvironment(request, mark);
  const program = resolveExecutable(request.argv[0], env.PATH, request.outside) ?? request.argv[0];
  if (!program.startsWith("/"))
    return { kind: "spawnFailed", reason: "notFound", cause: `${request.argv[0]}: not found in PATH` };
  allowWaiting();
  adoptDescendants();
  const { stdin } = request;
  try {
    const child = Bun.spawn([program, ...request.argv.slice(1)], {
      argv0: request.argv[0],
      env,
      ...(request.cwd === undefined ? {} : { cwd: request.cwd }),
      detached: true,
      stdin: stdin === undefined ? "ignore" : typeof stdin === "string" ? Buffer.from(stdin) : stdin,
      stdout: "pipe",
      stderr: "pipe",
    });
    runtimeChildren.add(child.pid);
    child.exited.then(() => runtimeChildren.delete(child.pid));
    return child;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return spawnFailed(code, message, request.cwd);
  }
}

function endingOf(child: Child): Ending {
  const signal = child.signalCode === null ? undefined : parseSignal(String(child.signalCode));
  return signal === undefined ? { kind: "exited", code: child.exitCode ?? 0 } : { kind: "signaled", signal };
}

interface Pump {
  /** When the stream has ended. */
  readonly ended: Promise<void>;
  /** When bytes last came (monotonic ms). */
  lastAt: number;
  cancel(): Promise<void>;
}

/** Read a stream into `into` until it ends or is cancelled: what is over the limit is read and dropped. */
function pump(stream: ReadableStream<Uint8Array>, into: Collected, onOverflow: () => void): Pump {
  const reader = stream.getReader();
  const read = async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      self.lastAt = performance.now();
      into.add(value);
      if (into.overflowed) onOverflow();
    }
  };
  // A read error is the end of what can be had from a pipe: the outcome is told by how the child ended.
  const self: Pump = {
    ended: read().catch(() => {}),
    lastAt: performance.now(),
    // Cancelling a stream that has failed already fails again: there is nothing more to do with it.
    cancel: () => reader.cancel().catch(() => {}),
  };
  return self;
}

/** Resolves when none of the streams has brought anything for a while. */
async function quiet(pumps: readonly Pump[]): Promise<void> {
  const from = performance.now();
  while (performance.now() - Math.max(from, ...pumps.map((each) => each.lastAt)) < QUIET_MS)
    await Bun.sleep(5);
}

/**
 * TERM to the group, KILL after the grace, until it is empty.
 * @returns whether KILL was needed
 */
async function endGroup(child: Child, graceMs: number): Promise<boolean> {
  const group = child.pid;
  if (await vanished(child, 0)) return false;
  kill(-group, SIG.TERM);
  kill(-group, SIG.CONT);
  if (await vanished(child, graceMs)) return false;
  kill(-group, SIG.KILL);
  await vanished(child, REAP_MS);
  return true;
}

async function vanished(child: Child, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  for (let pause = 1; ; pause = Math.min(pause * 2, 10)) {
    const ended = child.exitCode !== null || child.signalCode !== null;
    if (ended) reapGroup(child.pid);
    if (ended && groupIsEmpty(child.pid)) return true;
    const left = deadline - performance.now();
    if (left <= 0) return false;
    await Bun.sleep(Math.min(pause, left));
  }
}

/** End the orphans that bear the mark, and wait for those that have ended. Nothing, where orphans are not adopted. */
export async function sweep(mark: string): Promise<void> {
  const orphans = new Orphans(mark);
  const deadline = performance.now() + REAP_MS;
  // Between two rounds the runtime waits for its own children: what is a zombie after that is nobody's but ours.
  while (orphans.round({ strangersToo: true }) && performance.now() < deadline) await Bun.sleep(2);
}
