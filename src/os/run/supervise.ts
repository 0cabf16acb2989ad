/**
 * Run a command for the user with a deadline. It inherits our descriptors, environment and ignored signals unchanged, and
 * signals that we get are forwarded.
 *
 * Unlike timeout(1), all that the command started is signalled, until nothing is left. timeout(1) stops escalating when
 * its direct child has ended, so a grandchild that ignores TERM survives. Here, even processes that double-forked out of
 * the group are found and ended (Linux).
 *
 * Without a terminal the command leads a process group of its own. In a session with a controlling terminal it stays in
 * our group, see job-control.ts, and its descendants are signalled one by one.
 */
import { adoptOrphans, keepTerminalModes, ownPeakMemory } from "../ffi/process.ts";
import { defaultSignal, ignoreSignal, kill } from "../ffi/signal.ts";
import { spawnCommand } from "../ffi/spawn.ts";
import { openTerminal } from "../ffi/terminal.ts";
import { after, childEnd, endedWithParent, onSignals } from "./children.ts";
import { ownChildren } from "./process-group.ts";
import { COMMONLY_SENT, SIG } from "./signals.ts";
import {
  group,
  only,
  type Supervised,
  SupervisedCommand,
  type SuperviseRequest,
  VANISH_MS,
} from "./supervised-command.ts";

/** Run a command until it has ended, or until nothing is left of it after its deadline. */
export async function supervise(request: SuperviseRequest): Promise<Supervised> {
  const startedAt = performance.now();
  const unlimited = request.durationMs === 0 || request.durationMs === Number.POSITIVE_INFINITY;
  defaultSignal(SIG.CHLD);
  const adopting = adoptOrphans();
  // Children of the program that executed us are not the command's.
  const strangers = new Set(ownChildren());
  const limit = request.maxOutputBytes === undefined ? undefined : await limitOutput(request.maxOutputBytes);
  const terminal = await useTerminal(strangers);

  let command: SupervisedCommand | undefined;
  const receive = (signal: number) => {
    const typed = (signal === SIG.INT || signal === SIG.QUIT) && terminal?.job.inForeground;
    const forward = () => command?.forward(signal);
    if (typed) terminal?.job.received(signal, forward);
    else forward();
  };
  onSignals(COMMONLY_SENT, receive);
  if (terminal) onSignals([SIG.TSTP], () => terminal.job.stopRequested());
  for (const signal of [SIG.TTIN, SIG.TTOU]) ignoreSignal(signal);
  // A deadline must also hold when we are killed.
  const argv = unlimited ? request.argv : endedWithParent(request.argv, request.signal);
  const pid = spawnCommand(argv, {
    place: request.foreground || terminal ? "same" : "group",
    defaults: [SIG.TTIN, SIG.TTOU],
    ...(limit && { stdio: limit.childEnds }),
  });
  if (pid < 0) return { kind: "spawnFailed", errno: -pid };
  command = new SupervisedCommand(request, request.foreground ? only(pid) : (terminal?.tree ?? group(pid)));
  terminal?.job.started(pid);
  request.onStart?.(pid);
  const ended = childEnd(pid, terminal && ((signal) => terminal.job.commandStopped(signal)));
  const pumped = limit?.pump(() => command.stop("output"));
  const cancel = unlimited ? () => {} : after(request.durationMs, () => command.stop("deadline"));

  const ownPeak = ownPeakMemory();
  const end = await ended;
  cancel();
  if (command.mustEnd) {
    await command.emptied();
    if (adopting) await endOrphans(strangers);
  }
  command.settle();
  terminal?.job.ended(command.wasStopped || end.status.kind === "signaled");
  limit?.commandEnded(command.reason !== "ended");
  await pumped;
  return {
    kind: "ended",
    status: end.status,
    reason: command.reason,
    lastSignal: command.lastSignal,
    escalated: command.escalated,
    elapsedMs: performance.now() - startedAt,
    peakMemoryBytes: end.peakMemoryBytes > ownPeak ? end.peakMemoryBytes : undefined,
  };
}

/** Loads job control only in a session with a terminal. @returns undefined without one */
async function useTerminal(strangers: ReadonlySet<number>) {
  const terminal = openTerminal();
  if (terminal === undefined) return undefined;
  keepTerminalModes();
  const { JobControl } = await import("./job-control.ts");
  const { tree } = await import("./descendants.ts");
  const job = new JobControl(terminal, strangers);
  return { job, tree: tree(strangers, () => job.pid) };
}

/** Loaded on demand, to keep the usual start fast. */
async function limitOutput(bytes: number) {
  const { OutputLimit } = await import("./output-limit.ts");
  return new OutputLimit(bytes);
}

/** End the command's adopted orphans, which had left its group. */
async function endOrphans(strangers: ReadonlySet<number>): Promise<void> {
  const deadline = performance.now() + VANISH_MS;
  for (;;) {
    const orphans = ownChildren().filter((pid) => !strangers.has(pid));
    if (orphans.length === 0 || performance.now() > deadline) return;
    for (const pid of orphans) kill(pid, SIG.KILL);
    await Bun.sleep(2);
  }
}
