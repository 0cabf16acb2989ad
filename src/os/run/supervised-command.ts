/** A supervised command (supervise.ts): the request, its processes, the signals sent to it, and how it ended. */
import type { Word } from "../ffi/library.ts";
import { kill } from "../ffi/signal.ts";
import type { WaitStatus } from "../ffi/spawn.ts";
import { after } from "./children.ts";
import { groupIsEmpty } from "./process-group.ts";
import { SIG } from "./signals.ts";

export interface SuperviseRequest {
  readonly argv: readonly Word[];
  /** From the start to `signal`; 0 or Infinity: no deadline. */
  readonly durationMs: number;
  /** From `signal` to KILL; 0: never. */
  readonly graceMs: number;
  /** Also send KILL, after the grace, when a signal was forwarded. */
  readonly escalateForwarded?: boolean;
  readonly signal: number;
  /** Signal only the command itself, not its descendants. It stays in our process group. */
  readonly foreground?: boolean;
  /** End the command when it writes more than this to stdout and stderr together. */
  readonly maxOutputBytes?: number;
  /** Called before each signal is sent. */
  readonly onSend?: (signal: number) => void;
  /** Called when the command has been started. */
  readonly onStart?: (pid: number) => void;
}

/** Why the command ended. */
export type Reason = "ended" | "deadline" | "output" | "forwarded";

/** How a command ended. */
export interface SupervisedEnd {
  readonly kind: "ended";
  readonly status: WaitStatus;
  readonly reason: Reason;
  /** The last signal sent to it; 0: none. */
  readonly lastSignal: number;
  readonly escalated: boolean;
  readonly elapsedMs: number;
  /**
   * Peak memory of the command, or of one of its children that it waited for, in bytes. Undefined when it is less than
   * our own: the kernel counts a new process with its parent's memory until it executes a program.
   */
  readonly peakMemoryBytes: number | undefined;
}

export type Supervised = { readonly kind: "spawnFailed"; readonly errno: number } | SupervisedEnd;

/**
 * The processes of a command: which to signal, and when none of them is left. `tree` in descendants.ts is the third kind,
 * for a command that shares our process group.
 */
export interface Targets {
  signal(signal: number): void;
  /** Zombies may count until their parent waits for them. */
  isEmpty(): boolean;
}

/** Only the command itself. */
export const only = (pid: number): Targets => ({
  signal: (signal) => void kill(pid, signal),
  isEmpty: () => kill(pid, 0) !== 0,
});

/** The process group that the command leads, signalled as a whole. */
export const group = (leader: number): Targets => ({
  signal: (signal) => void kill(-leader, signal),
  isEmpty: () => groupIsEmpty(leader),
});

/** How long killed processes may take to disappear; later ones are zombies whose parent does not wait for them. */
export const VANISH_MS = 200;

/** A running command, and the signals it was and will be sent. */
export class SupervisedCommand {
  readonly #request: SuperviseRequest;
  readonly #targets: Targets;
  #cancelGrace: (() => void) | undefined;
  reason: Reason = "ended";
  lastSignal = 0;
  escalated = false;

  constructor(request: SuperviseRequest, targets: Targets) {
    this.#request = request;
    this.#targets = targets;
  }

  /** End the command, for a reason of ours. */
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

  /** Whether we ended it. */
  get wasStopped(): boolean {
    return this.reason === "deadline" || this.reason === "output";
  }

  /** Whether no process of the command may be left. */
  get mustEnd(): boolean {
    const escalating = this.reason === "forwarded" && this.#request.escalateForwarded === true;
    return !this.#request.foreground && (this.wasStopped || escalating);
  }

  /** Resolves when no process is left, or soon after KILL. */
  async emptied(): Promise<void> {
    let killedAt = Number.POSITIVE_INFINITY;
    for (let pause = 1; !this.#targets.isEmpty(); pause = Math.min(pause * 2, 20)) {
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
    this.#targets.signal(signal);
    // A stopped process only handles a signal once it is continued.
    if (signal !== SIG.KILL && signal !== SIG.CONT) this.#targets.signal(SIG.CONT);
  }
}
