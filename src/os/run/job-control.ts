/**
 * A supervised command in a terminal. It runs in our process group, so the terminal and the shell that started us treat
 * both as one job: it reads the terminal when the job is in the foreground, and gets Ctrl-C, Ctrl-Z, window size changes
 * and hang-ups from the terminal itself. The script that started us and the rest of a pipeline
 * (`plimsoll run 1m git log | less`) keep the terminal.
 *
 * What remains to be done here:
 * - Stop and continue together. When the command stops, also on its own (`less`, an editor), its descendants are stopped
 *   and then we stop with the same signal, so the shell shows the job as stopped. When we are continued, so is the
 *   command; a deadline that passed meanwhile fires immediately. A command that ignores Ctrl-Z does not stop us.
 * - Take the terminal back from a process group of the command that ended without returning it (a killed shell).
 * - Restore the terminal's modes when the command was killed. One that exits normally may change them (`stty`).
 */
import { readWhole } from "../ffi/file.ts";
import { groupOf, ownGroup, sessionOf } from "../ffi/process.ts";
import { ignoreSignal, kill, raiseDefault } from "../ffi/signal.ts";
import { foregroundGroup, setForegroundGroup, setTerminalModes, terminalModes } from "../ffi/terminal.ts";
import { descendants, processEntry, stopRunning } from "./descendants.ts";
import { groupIsEmpty } from "./process-group.ts";
import { SIG } from "./signals.ts";

/** How long processes may take to handle a signal that the terminal also sent to them. Milliseconds. */
const REACTION_MS = 100;
/** A stop of the command within this time after Ctrl-Z is attributed to it. Milliseconds. */
const STOP_REQUEST_MS = 1000;
/** A TSTP that arrives within this time after we were continued belongs to the previous stop. Milliseconds. */
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
    // The terminal stops background processes that set its foreground group or modes, unless they ignore TTOU.
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
   * INT, QUIT or TSTP arrived while we are in the foreground: most likely from the terminal, which also sent it to the
   * command. It is only forwarded when the command certainly did not get it: it would not have survived it.
   */
  received(signal: number, forward: () => void): void {
    const receivedAt = performance.now();
    setTimeout(() => {
      if (!this.#stoppedSince(receivedAt) && hasDefaultAction(this.#pid, signal)) forward();
    }, REACTION_MS);
  }

  /** TSTP arrived: stop the command and ourselves. */
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

  /** Whether the command has stopped since then: an old timer must not stop it again after it was continued. */
  #stoppedSince(time: number): boolean {
    return isStopped(this.#pid) || this.#continuedAt > time;
  }

  /**
   * The command was stopped. TSTP, TTIN and TTOU are job control: the whole job stops. A SIGSTOP may come from anyone,
   * and then the deadline must still hold, unless our parent is a shell that will continue us.
   */
  async commandStopped(signal: number): Promise<void> {
    const stop = ++this.#stops;
    const requested = performance.now() - this.#stopRequestedAt < STOP_REQUEST_MS;
    if (signal === SIG.STOP && !requested && !isShellsChild()) return;
    await this.#stopping();
    if (stop === this.#stops && isStopped(this.#pid)) this.#suspend(signal); // else continued or ended meanwhile
  }

  /**
   * Whether the command is a shell waiting for a child of vfork(2) that was stopped before it executed its program. The
   * command cannot stop before the child continues, so no stop is ever reported.
   */
  #cannotStop(): boolean {
    const all = descendants(this.#except, this.#pid);
    const command = all.find(({ pid }) => pid === this.#pid);
    return (
      command?.isUninterruptible === true &&
      all.some(({ parent, isStopped }) => parent === this.#pid && isStopped)
    );
  }

  /** Stop everything that runs, then ourselves; continue it when we are continued. */
  #suspend(signal: number): void {
    const stoppedHere = stopRunning(this.#except, this.#pid);
    const lentTo = this.#takeBack();
    // Returns when we are continued, or immediately in an orphaned process group, which job control cannot stop.
    raiseDefault(signal);
    this.#continuedAt = performance.now();
    if (lentTo !== undefined && this.inForeground) setForegroundGroup(this.#terminal, lentTo);
    for (const { pid } of descendants(this.#except, this.#pid)) if (stoppedHere.has(pid)) kill(pid, SIG.CONT);
    kill(this.#pid, SIG.CONT);
  }

  /** Give an editor below the command time to restore the terminal before it stops. */
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
   * Make our group the foreground one again if a group of the command, or one that has ended, replaced it.
   * @returns the group that had the terminal
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

/** Whether our parent is a shell with job control: in our session, but not in our process group. */
function isShellsChild(): boolean {
  const parent = process.ppid;
  return sessionOf(parent) === sessionOf(0) && groupOf(parent) !== ownGroup();
}

/** Whether a signal has its default action in a process; false where that is unknown (macOS). */
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
