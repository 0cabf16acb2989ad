/**
 * Run a command for the user with a deadline: its descriptors, environment and ignored signals are ours, handed on as
 * they are, and signals that we get are passed on.
 *
 * Where it goes beyond timeout(1): the command leads a group of its own, which is signalled as a whole and until it is
 * empty. timeout(1) stops escalating when its direct child has ended, so a grandchild that ignores TERM survives there.
 * What double-forked out of the group is found and ended too (Linux).
 */
import { after, childEnd, onSignals } from "./children.ts";
import { adoptOrphans, ownPeakMemory } from "./libc/limits.ts";
import { readWhole } from "./libc/read-whole.ts";
import { defaultSignal, ignoreSignal, kill } from "./libc/signal.ts";
import { spawnCommand, type WaitStatus } from "./libc/spawn.ts";
import { inTerminalForeground } from "./libc/terminal.ts";
import type { Word } from "./libc/word.ts";
import { groupIsEmpty } from "./process-group.ts";
import { COMMONLY_SENT, SIG } from "./signals.ts";

export interface SuperviseRequest {
  readonly argv: readonly Word[];
  /** From the start to `signal`; 0 or Infinity: never. */
  readonly durationMs: number;
  /** From `signal` to KILL; 0: never. */
  readonly graceMs: number;
  /** KILL also follows, after the grace, when a signal was passed on. */
  readonly escalateForwarded?: boolean;
  readonly signal: number;
  /**
   * Stay in our group, so that the command may use the terminal; only the command itself is signalled then. Ctrl-C
   * reaches it from the terminal, and is not passed on a second time.
   */
  readonly foreground?: boolean;
  /** End the command when it has written more than this to stdout and stderr together. */
  readonly maxOutputBytes?: number;
  /** Is told of each signal before it is sent. */
  readonly onSend?: (signal: number) => void;
  /** Is told when the command has been started. */
  readonly onStart?: (pid: number) => void;
}

/** Why the command ended. */
export type Reason = "ended" | "deadline" | "output" | "forwarded";

export type Supervised =
  | { readonly kind: "spawnFailed"; readonly errno: number }
  | {
      readonly kind: "ended";
      readonly status: WaitStatus;
      readonly reason: Reason;
      /** The last signal that was sent to it, 0 for none. */
      readonly lastSignal: number;
      readonly escalated: boolean;
      readonly elapsedMs: number;
      /**
       * The most memory that the command, or one of its children that it waited for, had in use. Undefined when that is
       * less than our own: until it executes, a new process counts with its parent's memory, and the kernel keeps that.
       */
      readonly peakMemoryBytes: number | undefined;
    };

/** How long killed processes may take to vanish; longer ones are zombies that their parent does not wait for. */
const VANISH_MS = 200;

/** Run a command to its end, or to its deadline and beyond. */
export async function supervise(request: SuperviseRequest): Promise<Supervised> {
  const startedAt = performance.now();
  defaultSignal(SIG.CHLD);
  const adopting = adoptOrphans();
  const limit = request.maxOutputBytes === undefined ? undefined : await limitOutput(request.maxOutputBytes);

  let command: Command | undefined;
  onSignals(COMMONLY_SENT, (signal) => {
    const fromTerminal =
      request.foreground && (signal === SIG.INT || signal === SIG.QUIT) && inTerminalForeground();
    if (!fromTerminal) command?.forward(signal);
  });
  for (const signal of [SIG.TTIN, SIG.TTOU]) ignoreSignal(signal);
  const pid = spawnCommand(request.argv, {
    place: request.foreground ? "same" : "group",
    defaults: [SIG.TTIN, SIG.TTOU],
    ...(limit && { stdio: limit.childEnds }),
  });
  if (pid < 0) return { kind: "spawnFailed", errno: -pid };
  command = new Command(pid, request);
  request.onStart?.(pid);
  const ended = childEnd(pid);
  const pumped = limit?.pump(() => command.stop("output"));
  const unlimited = request.durationMs === 0 || request.durationMs === Number.POSITIVE_INFINITY;
  const cancel = unlimited ? () => {} : after(request.durationMs, () => command.stop("deadline"));

  const ownPeak = ownPeakMemory();
  const end = await ended;
  cancel();
  if (command.mustEmptyGroup) {
    await command.emptied();
    if (adopting) await endOrphans();
  }
  command.settle();
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

/** Loaded only where it is asked for: the others shall not wait for it. */
async function limitOutput(bytes: number) {
  const { OutputLimit } = await import("./output-limit.ts");
  return new OutputLimit(bytes);
}

/** The command that runs: what was sent to it, and what is still to come. */
class Command {
  readonly #pid: number;
  readonly #request: SuperviseRequest;
  #cancelGrace: (() => void) | undefined;
  reason: Reason = "ended";
  lastSignal = 0;
  escalated = false;

  constructor(pid: number, request: SuperviseRequest) {
    this.#pid = pid;
    this.#request = request;
  }

  /** The command is to end now, for a reason of ours. */
  stop(reason: "deadline" | "output"): void {
    if (this.reason !== "ended" && this.reason !== "forwarded") return;
    this.reason = reason;
    this.#send(this.#request.signal);
    this.#armGrace();
  }

  forward(signal: number): void {
    if (this.reason === "ended") this.reason = "forwarded";
    this.#send(signal);
    if (this.#request.escalateForwarded) this.#armGrace();
  }

  /** Whether nothing of the command may be left: we were told to end it. */
  get mustEmptyGroup(): boolean {
    const escalating = this.reason === "forwarded" && this.#request.escalateForwarded === true;
    return (
      !this.#request.foreground && (this.reason === "deadline" || this.reason === "output" || escalating)
    );
  }

  /** Resolves when the group is empty; when KILL was sent, soon after it at the latest. */
  async emptied(): Promise<void> {
    let killedAt = Number.POSITIVE_INFINITY;
    for (let pause = 1; !groupIsEmpty(this.#pid); pause = Math.min(pause * 2, 20)) {
      if (this.#request.graceMs === 0) return;
      if (this.escalated) killedAt = Math.min(killedAt, performance.now());
      if (performance.now() - killedAt > VANISH_MS) return;
      await Bun.sleep(pause);
    }
  }

  settle(): void {
    this.#cancelGrace?.();
  }

  #armGrace(): void {
    if (this.#request.graceMs === 0 || this.#cancelGrace) return;
    this.#cancelGrace = after(this.#request.graceMs, () => {
      this.escalated = true;
      this.#send(SIG.KILL);
    });
  }

  #send(signal: number): void {
    this.#request.onSend?.(signal);
    this.lastSignal = signal;
    const target = this.#request.foreground ? this.#pid : -this.#pid;
    kill(target, signal);
    // A stopped process does not act on a signal before it is continued.
    if (signal !== SIG.KILL && signal !== SIG.CONT) kill(target, SIG.CONT);
  }
}

/** End what became our child without being one: orphans of the command that had left its group. */
async function endOrphans(): Promise<void> {
  const deadline = performance.now() + VANISH_MS;
  for (;;) {
    const children = readWhole(`/proc/self/task/${process.pid}/children`) ?? "";
    const orphans = children
      .split(" ")
      .map(Number)
      .filter((pid) => pid > 0);
    if (orphans.length === 0 || performance.now() > deadline) return;
    for (const pid of orphans) kill(pid, SIG.KILL);
    await Bun.sleep(2);
  }
}
