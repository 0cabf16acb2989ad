/** A command that is supervised (supervise.ts): what was asked for, what was sent to it, and how it ended. */

import type { WaitStatus } from "../ffi/spawn.ts";
import type { Word } from "../ffi/word.ts";
import { after } from "./children.ts";
import { SIG } from "./signals.ts";
import type { Targets } from "./targets.ts";

export interface SuperviseRequest {
  readonly argv: readonly Word[];
  /** From the start to `signal`; 0 or Infinity: never. */
  readonly durationMs: number;
  /** From `signal` to KILL; 0: never. */
  readonly graceMs: number;
  /** KILL also follows, after the grace, when a signal was passed on. */
  readonly escalateForwarded?: boolean;
  readonly signal: number;
  /** Signal only the command itself, not what it started. It stays in our process group. */
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
export const VANISH_MS = 200;

/** The command that runs: what was sent to it, and what is still to come. */
export class Command {
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

  /** Whether we ended it: its deadline passed, or it wrote too much. */
  get wasStopped(): boolean {
    return this.reason === "deadline" || this.reason === "output";
  }

  /** Whether nothing of the command may be left. */
  get mustEnd(): boolean {
    const escalating = this.reason === "forwarded" && this.#request.escalateForwarded === true;
    return !this.#request.foreground && (this.wasStopped || escalating);
  }

  /** Resolves when nothing of it is left; when KILL was sent, soon after it at the latest. */
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
    // A stopped process does not act on a signal before it is continued.
    if (signal !== SIG.KILL && signal !== SIG.CONT) this.#targets.signal(SIG.CONT);
  }
}
