/**
 * The descendants of this process as the targets of signals.
 *
 * For a command in our own process group: the group may hold the script that started us and the rest of a pipeline,
 * so it cannot be signalled as a whole. On Linux we adopt orphans, so no descendant gets lost.
 */
import { kill } from "../ffi/signal.ts";
import { ownChildren } from "./process-group.ts";
import { descendants, isSupervised } from "./process-table.ts";
import { SIG } from "./signals.ts";
import type { Targets } from "./targets.ts";

/** Processes may be started while the table is read: it is read again until it shows nothing new. */
const MAX_ROUNDS = 10;

/**
 * @param except children of ours that are not the command's: those that we inherited from the program before us
 * @param command the command's process id, once it has one
 */
export const tree = (except: ReadonlySet<number>, command: () => number): Targets => ({
  signal(signal) {
    const sent = new Set<number>();
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const left = descendants(except, command()).filter(({ pid }) => !sent.has(pid));
      if (left.length === 0) return;
      for (const { pid } of left) {
        sent.add(pid);
        kill(pid, signal);
      }
    }
  },
  isEmpty() {
    // The list of our children is cheap to read; the whole table is read once at the end.
    const children = ownChildren().filter((pid) => !except.has(pid) && isSupervised(pid, command()));
    return children.length === 0 && descendants(except, command()).length === 0;
  },
});

/**
 * Stop what still runs of the tree.
 * @returns the processes that were stopped here
 */
export function stopRunning(except: ReadonlySet<number>, command: number): Set<number> {
  const stopped = new Set<number>();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const running = descendants(except, command).filter(
      (entry) => !entry.isStopped && !stopped.has(entry.pid),
    );
    if (running.length === 0) break;
    for (const { pid } of running) if (kill(pid, SIG.STOP) === 0) stopped.add(pid);
  }
  return stopped;
}
