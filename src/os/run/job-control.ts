/**
 * A supervised command in the terminal: it runs in our own process group, so the terminal and the shell that started us
 * treat the two as one job. It reads the terminal when the job is in the foreground, and gets Ctrl-C, Ctrl-Z, window
 * size changes and hang-ups from the terminal itself. Neither the script that started us nor the rest of a pipeline
 * (`plimsoll run 1m git log | less`) loses the terminal.
 *
 * What is left to do here:
 * - Stop and continue together. When the command stops, also by itself (`less`, an editor), whatever it started is
 *   stopped and then we stop, with the same signal: the shell shows the job as stopped. When we are continued, so is
 *   the command. A deadline that expired meanwhile fires at once. A command that ignores Ctrl-Z does not stop us.
 * - Take the terminal back from a process group of the command that ended without returning it (a killed shell).
 * - Restore the terminal's modes when the command was killed; one that exits by itself may change them (`stty`).
 */

import { readWhole } from "../ffi/read-whole.ts";
import { groupOf, ignoreSignal, kill, ownGroup, raiseDefault, sessionOf } from "../ffi/signal.ts";
import { foregroundGroup, setForegroundGroup, setTerminalModes, terminalModes } from "../ffi/terminal.ts";
import { stopRunning } from "./descendants.ts";
import { groupIsEmpty } from "./process-group.ts";
import { descendants, processEntry } from "./process-table.ts";
import { SIG } from "./signals.ts";

/** How long processes may take to act on a signal that the terminal sent to them too. Milliseconds. */
const REACTION_MS = 100;
/** How long a Ctrl-Z explains a stop of the command. Milliseconds. */
const STOP_REQUEST_MS = 1000;
/** A TSTP that is delivered this soon after we were continued belongs to the stop before. Milliseconds. */
const LATE_MS = 50;

export class JobControl {
  readonly #terminal: number;
  /** Children of ours that are not the command's. */
  readonly #except: ReadonlySet<number>;
  /** The terminal's modes before the command started, if we were in the foreground. */
  readonly #modes: Uint8Array | undefined;
  #pid = 0;
  /** How often the command was stopped. */
  #stops = 0;
  #stopRequestedAt = Number.NEGATIVE_INFINITY;
  #continuedAt = Number.NEGATIVE_INFINITY;

  /** @param terminal a descriptor of the controlling terminal */
  constructor(terminal: number, except: ReadonlySet<number>) {
    this.#terminal = terminal;
    this.#except = except;
    this.#modes = this.inForeground ? terminalModes(terminal) : undefined;
    // The terminal stops background processes that set its foreground group or its modes, unless they ignore this.
    ignoreSignal(SIG.TTOU);
  }

  /** Whether the terminal sends its signals to our process group, and so to the command. */
  get inForeground(): boolean {
    return foregroundGroup(this.#terminal) === ownGroup();
  }

  /** The command's process id; 0 before it was started. */
  get pid(): number {
    return this.#pid;
  }

  started(pid: number): void {
    this.#pid = pid;
  }

  /**
   * INT, QUIT or TSTP came while we are in the foreground: most likely from the terminal, and then the command has got
   * it too. One that only we got is passed on when that is certain: the command would not have survived it.
   */
  received(signal: number, forward: () => void): void {
    const receivedAt = performance.now();
    setTimeout(() => {
      if (!this.#stoppedSince(receivedAt) && hasDefaultAction(this.#pid, signal)) forward();
    }, REACTION_MS);
  }

  /** TSTP came: the command is to stop, and we with it. */
  stopRequested(): void {
    const now = performance.now();
    if (now - this.#continuedAt < LATE_MS) return;
    this.#stopRequestedAt = now;
    const forward = () => void kill(this.#pid, SIG.TSTP);
    if (!this.inForeground) forward();
    else this.received(SIG.TSTP, () => !this.#cannotStop() && forward());
    setTimeout(() => {
      if (!this.#stoppedSince(now) && this.#cannotStop()) this.#suspend(SIG.TSTP);
    }, REACTION_MS);
  }

  /** Whether the command has stopped since then: a timer of before would stop it again right after it is continued. */
  #stoppedSince(time: number): boolean {
    return isStopped(this.#pid) || this.#continuedAt > time;
  }

  /**
   * The command was stopped. TSTP, TTIN and TTOU are job control: the whole job stops. A SIGSTOP may have been sent by
   * anybody, and then the deadline must still hold, unless a shell waits for us that will continue us.
   */
  async commandStopped(signal: number): Promise<void> {
    const stop = ++this.#stops;
    const requested = performance.now() - this.#stopRequestedAt < STOP_REQUEST_MS;
    if (signal === SIG.STOP && !requested && !isShellsChild()) return;
    await this.#stopping();
    if (stop === this.#stops && isStopped(this.#pid)) this.#suspend(signal); // else continued meanwhile, or ended
  }

  /**
   * Whether the command waits for a child of vfork(2) that was stopped before it could execute its program: a shell that
   * was about to start one. It cannot stop before the child goes on, and so no stop is ever reported.
   */
  #cannotStop(): boolean {
    const all = descendants(this.#except, this.#pid);
    const command = all.find(({ pid }) => pid === this.#pid);
    return (
      command?.isUninterruptible === true &&
      all.some(({ parent, isStopped }) => parent === this.#pid && isStopped)
    );
  }

  /** Stop whatever runs, and then ourselves; continue it when we are continued. */
  #suspend(signal: number): void {
    const stoppedHere = stopRunning(this.#except, this.#pid);
    const lentTo = this.#takeBack();
    // Returns when we were continued, or at once in an orphaned process group, which job control cannot stop.
    raiseDefault(signal);
    this.#continuedAt = performance.now();
    if (lentTo !== undefined && this.inForeground) setForegroundGroup(this.#terminal, lentTo);
    for (const { pid } of descendants(this.#except, this.#pid)) if (stoppedHere.has(pid)) kill(pid, SIG.CONT);
    kill(this.#pid, SIG.CONT);
  }

  /** An editor below the command may be about to restore the terminal before it stops itself: it is given the time. */
  async #stopping(): Promise<void> {
    const until = performance.now() + REACTION_MS;
    while (
      descendants(this.#except, this.#pid).some((entry) => !entry.isStopped) &&
      performance.now() < until
    )
      await Bun.sleep(2);
  }

  /** The command ended. @param killed by a signal or by its deadline */
  ended(killed: boolean): void {
    this.#takeBack();
    if (killed && this.#modes && this.inForeground) setTerminalModes(this.#terminal, this.#modes);
  }

  /**
   * Make our group the foreground one again if it was replaced by one of the command's, or by one that has ended.
   * @returns the group that the terminal was taken from
   */
  #takeBack(): number | undefined {
    const current = foregroundGroup(this.#terminal);
    if (current <= 0 || current === ownGroup()) return undefined;
    const isCommands = descendants(this.#except, this.#pid).some(({ group }) => group === current);
    if (!isCommands && !groupIsEmpty(current)) return undefined;
    return setForegroundGroup(this.#terminal, ownGroup()) ? current : undefined;
  }
}

const isStopped = (pid: number): boolean => processEntry(pid)?.isStopped ?? false;

/** Whether our parent is a shell with job control: in our session, and not in our process group. */
function isShellsChild(): boolean {
  const parent = process.ppid;
  return sessionOf(parent) === sessionOf(0) && groupOf(parent) !== ownGroup();
}

/** Whether a signal does to the process what it does by default; false where the system does not tell (macOS). */
function hasDefaultAction(pid: number, signal: number): boolean {
  const status = readWhole(`/proc/${pid}/status`) ?? "";
  const masks = ["SigBlk", "SigIgn", "SigCgt"].map((name) =>
    new RegExp(`^${name}:\\s*([0-9a-f]+)$`, "m").exec(status),
  );
  return (
    !/^State:\s*[ZX]/m.test(status) &&
    masks.every((mask) => mask && ((BigInt(`0x${mask[1]}`) >> BigInt(signal - 1)) & 1n) === 0n)
  );
}
