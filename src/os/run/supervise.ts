/**
 * Run a command for the user with a deadline: its descriptors, environment and ignored signals are ours, handed on as
 * they are, and signals that we get are passed on.
 *
 * Where it goes beyond timeout(1): all that the command started is signalled, until nothing is left. timeout(1) stops
 * escalating when its direct child has ended, so a grandchild that ignores TERM survives there. What double-forked out
 * of the group is found and ended too (Linux).
 *
 * Without a terminal the command leads a process group of its own. In a session with a controlling terminal it stays
 * in our group, as job-control.ts explains, and its descendants are signalled one by one.
 */

import { keepTerminalModes } from "../ffi/exit.ts";
import { adoptOrphans, ownPeakMemory } from "../ffi/limits.ts";
import { defaultSignal, ignoreSignal, kill } from "../ffi/signal.ts";
import { spawnCommand } from "../ffi/spawn.ts";
import { openTerminal } from "../ffi/terminal.ts";
import { after, childEnd, onSignals } from "./children.ts";
import { dyingWithUs } from "./parent-death.ts";
import { ownChildren } from "./process-group.ts";
import { COMMONLY_SENT, SIG } from "./signals.ts";
import { Command, type Supervised, type SuperviseRequest, VANISH_MS } from "./supervised-command.ts";
import { group, only } from "./targets.ts";

export type { Supervised } from "./supervised-command.ts";

/** Run a command to its end, or to its deadline and beyond. */
export async function supervise(request: SuperviseRequest): Promise<Supervised> {
  const startedAt = performance.now();
  const unlimited = request.durationMs === 0 || request.durationMs === Number.POSITIVE_INFINITY;
  defaultSignal(SIG.CHLD);
  const adopting = adoptOrphans();
  // Children of the program that became us by exec: they are not the command's.
  const strangers = new Set(ownChildren());
  const limit = request.maxOutputBytes === undefined ? undefined : await limitOutput(request.maxOutputBytes);
  const terminal = await useTerminal(strangers);

  let command: Command | undefined;
  const receive = (signal: number) => {
    const typed = (signal === SIG.INT || signal === SIG.QUIT) && terminal?.job.inForeground;
    const forward = () => command?.forward(signal);
    if (typed) terminal?.job.received(signal, forward);
    else forward();
  };
  onSignals(COMMONLY_SENT, receive);
  if (terminal) onSignals([SIG.TSTP], () => terminal.job.stopRequested());
  for (const signal of [SIG.TTIN, SIG.TTOU]) ignoreSignal(signal);
  // A deadline is a promise that holds when we are killed, too.
  const argv = unlimited ? request.argv : dyingWithUs(request.argv, request.signal);
  const pid = spawnCommand(argv, {
    place: request.foreground || terminal ? "same" : "group",
    defaults: [SIG.TTIN, SIG.TTOU],
    ...(limit && { stdio: limit.childEnds }),
  });
  if (pid < 0) return { kind: "spawnFailed", errno: -pid };
  command = new Command(request, request.foreground ? only(pid) : (terminal?.tree ?? group(pid)));
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

/** Loaded only in a session with a terminal. @returns undefined where there is none */
async function useTerminal(strangers: ReadonlySet<number>) {
  const terminal = openTerminal();
  if (terminal === undefined) return undefined;
  keepTerminalModes();
  const { JobControl } = await import("./job-control.ts");
  const { tree } = await import("./descendants.ts");
  const job = new JobControl(terminal, strangers);
  return { job, tree: tree(strangers, () => job.pid) };
}

/** Loaded only where it is asked for: the others shall not wait for it. */
async function limitOutput(bytes: number) {
  const { OutputLimit } = await import("./output-limit.ts");
  return new OutputLimit(bytes);
}

/** End what became our child without being one: orphans of the command that had left its group. */
async function endOrphans(strangers: ReadonlySet<number>): Promise<void> {
  const deadline = performance.now() + VANISH_MS;
  for (;;) {
    const orphans = ownChildren().filter((pid) => !strangers.has(pid));
    if (orphans.length === 0 || performance.now() > deadline) return;
    for (const pid of orphans) kill(pid, SIG.KILL);
    await Bun.sleep(2);
  }
}
