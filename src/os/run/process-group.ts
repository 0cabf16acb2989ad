/** Ending a process group for good, and the descendants that left it. */

import { adoptOrphans } from "../ffi/limits.ts";
import { readWhole } from "../ffi/read-whole.ts";
import { defaultSignal, isIgnored, kill } from "../ffi/signal.ts";
import { waitFor } from "../ffi/spawn.ts";
import { SIG } from "./signals.ts";

/** A parent that ignored SIGCHLD leaves us unable to wait for children (ECHILD). Undo that; it is ours alone to undo. */
export function allowWaiting(): void {
  if (isIgnored(SIG.CHLD)) defaultSignal(SIG.CHLD);
}

/** Whether no process of the group is left. Zombies that nobody waits for count as processes: bound every wait. */
export const groupIsEmpty = (group: number): boolean => kill(-group, 0) !== 0;

/** Wait for the ended members of the group that became our children. Only once its leader was waited for. */
export function reapGroup(group: number): void {
  while (waitFor(-group, false)) {
    // Each call takes one.
  }
}

/** The variable that marks whatever a run started, its orphans included. */
export const RUN_MARK = "PLIMSOLL_RUN";

let runs = 0;

/** @returns a mark that no other run on this machine has now */
export const newRunMark = (): string => `${process.pid}.${++runs}.${performance.timeOrigin.toString(36)}`;

let adopting: boolean | undefined;

/** Become the parent of our descendants' orphans (Linux): what double-forked out of its group can still be found. */
export function adoptDescendants(): void {
  adopting ??= adoptOrphans();
}

/**
 * The children that the runtime will wait for (Bun.spawn), until it has. A zombie of these is not ours to take: the
 * runtime would fail with ECHILD, and under load it may come to it only after several of our rounds.
 */
export const runtimeChildren = new Set<number>();

/**
 * For so many rounds a process without an environment is looked at again: one that executes a program has none for an
 * instant, and its mark comes with the next.
 */
const BARE_ROUNDS = 10;

/** The orphans of one run that left its group. */
export class Orphans {
  readonly #mark: string;
  /** How often each was seen without an environment. */
  readonly #bare = new Map<number, number>();
  /** Killed by us, to be waited for. */
  readonly #killed = new Set<number>();
  /** Zombies among our children in the round before. */
  #zombies = new Set<number>();

  constructor(mark: string) {
    this.#mark = mark;
  }

  /**
   * Kill those that bear the run's mark, and wait for those that have ended. Each one's children become ours when it
   * dies: go on until there is nothing left.
   * @param strangersToo also wait for zombies that were there a round ago. A zombie shows no mark any more, and it may
   *   be a child of the runtime's that `runtimeChildren` does not know: only where the runtime could wait in between.
   * @returns whether there may be more
   */
  round({ strangersToo }: { strangersToo: boolean }): boolean {
    if (!adopting) return false;
    const zombies = new Set<number>();
    let unsettled = 0;
    for (const pid of ownChildren()) {
      if (runtimeChildren.has(pid)) continue;
      if (isZombie(pid)) zombies.add(pid);
      else if (this.#bears(pid)) {
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

  #bears(pid: number): boolean {
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

/** Whether we have no children for certain: with `adoptOrphans`, that nothing is left of what we started. */
export const hasNoChildren = (): boolean =>
  readWhole(`/proc/self/task/${process.pid}/children`)?.trim() === "";

const isZombie = (pid: number): boolean => /\) Z [^)]*$/.test(readWhole(`/proc/${pid}/stat`) ?? "");
