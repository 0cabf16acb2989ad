/** Process groups, and the descendants that left them. */
import { readWhole } from "../ffi/file.ts";
import { adoptOrphans } from "../ffi/process.ts";
import { defaultSignal, isIgnored, kill } from "../ffi/signal.ts";
import { waitFor } from "../ffi/spawn.ts";
import { SIG } from "./signals.ts";

/** Undo a SIGCHLD that we inherited as ignored: with it, waiting for children fails (ECHILD). */
export function allowWaiting(): void {
  if (isIgnored(SIG.CHLD)) defaultSignal(SIG.CHLD);
}

/** Whether no process of the group is left. Zombies count until their parent waits for them: limit every wait. */
export const groupIsEmpty = (group: number): boolean => kill(-group, 0) !== 0;

/** Wait for ended members of the group that became our children. Only call it once its leader was waited for. */
export function reapGroup(group: number): void {
  while (waitFor(-group, false)) {
    // Each call takes one.
  }
}

/** The variable that marks everything a run started, orphans included. */
export const RUN_MARK = "PLIMSOLL_RUN";

let runs = 0;

/** @returns a mark that is unique on this machine */
export const newRunMark = (): string => `${process.pid}.${++runs}.${performance.timeOrigin.toString(36)}`;

let adopting: boolean | undefined;

/** Adopt orphaned descendants (Linux), so that those that double-forked out of their group can be found. */
export function adoptDescendants(): void {
  adopting ??= adoptOrphans();
}

/**
 * The children that the runtime has yet to wait for (Bun.spawn). Do not reap these: the runtime would fail with ECHILD,
 * and under load it may take several of our rounds to get to them.
 */
export const runtimeChildren = new Set<number>();

/** A process has no environment for a moment while it executes a program: check it again for this many rounds. */
const BARE_ROUNDS = 10;

/**
 * End the orphans with a run's mark, and wait for those that have ended. Each yielded value is a pause in ms. Does nothing
 * where orphans are not adopted.
 * @param sharesChildren the runtime also waits for children, and gets to do so in the pauses
 * @param withinMs time limit
 */
export function* sweepOrphans(
  mark: string,
  sharesChildren: boolean,
  withinMs: number,
): Generator<number, void, void> {
  const orphans = new Orphans(mark);
  const deadline = performance.now() + withinMs;
  while (orphans.round(sharesChildren) && performance.now() < deadline) yield 2;
}

/** The orphans of one run that left its group. */
class Orphans {
  readonly #mark: string;
  /** How often each was seen without an environment. */
  readonly #bare = new Map<number, number>();
  /** Killed, not yet waited for. */
  readonly #killed = new Set<number>();
  /** Zombies among our children in the previous round. */
  #zombies = new Set<number>();

  constructor(mark: string) {
    this.#mark = mark;
  }

  /**
   * Kill those with the run's mark, and wait for those that have ended. When one dies, its children become ours.
   * @param strangersToo also wait for zombies of the previous round. A zombie has no environment, so it may be a child of
   *   the runtime that is not in `runtimeChildren`: only correct when the runtime could wait in between.
   * @returns whether there may be more
   */
  round(strangersToo: boolean): boolean {
    if (!adopting) return false;
    const zombies = new Set<number>();
    let unsettled = 0;
    for (const pid of ownChildren()) {
      if (runtimeChildren.has(pid)) continue;
      if (isZombie(pid)) zombies.add(pid);
      else if (this.#isMarked(pid)) {
        kill(pid, SIG.KILL);
        this.#killed.add(pid);
        unsettled++;
      } else if ((this.#bare.get(pid) ?? BARE_ROUNDS) < BARE_ROUNDS) unsettled++;
    }
    for (const pid of this.#killed) if (waitFor(pid, false)) this.#killed.delete(pid);
    if (strangersToo) for (const pid of zombies) if (this.#zombies.has(pid)) waitFor(pid, false);
    const before = this.#zombies;
    this.#zombies = zombies;
    return unsettled > 0 || this.#killed.size > 0 || (strangersToo && !zombies.isSubsetOf(before));
  }

  #isMarked(pid: number): boolean {
    const environment = readWhole(`/proc/${pid}/environ`);
    if (environment === "") this.#bare.set(pid, (this.#bare.get(pid) ?? 0) + 1);
    return environment !== undefined && `\0${environment}`.includes(`\0${RUN_MARK}=${this.#mark}\0`);
  }
}

/** /proc/PID/task/TID/children. @returns our children, adopted ones too; none where the kernel has no such list */
export const ownChildren = (): number[] =>
  (readWhole(`/proc/self/task/${process.pid}/children`) ?? "")
    .split(" ")
    .map(Number)
    .filter((pid) => pid > 0);

/** Whether we certainly have no children: with `adoptOrphans`, that nothing we started is left. */
export const hasNoChildren = (): boolean =>
  readWhole(`/proc/self/task/${process.pid}/children`)?.trim() === "";

const isZombie = (pid: number): boolean => /\) Z [^)]*$/.test(readWhole(`/proc/${pid}/stat`) ?? "");
