/**
 * Which processes a supervised command is: who gets the signals, and when nothing of it is left.
 *
 * - `only`: the command itself.
 * - `group`: the process group that the command leads, which is signalled as a whole.
 * - `tree` (descendants.ts): the command and all its descendants, where it shares our process group.
 */
import { kill } from "../ffi/signal.ts";
import { groupIsEmpty } from "./process-group.ts";

/** The processes of a command. */
export interface Targets {
  /** Send a signal to each of them. */
  signal(signal: number): void;
  /** Whether none of them is left. Zombies may count until their parent waits for them. */
  isEmpty(): boolean;
}

export const only = (pid: number): Targets => ({
  signal: (signal) => void kill(pid, signal),
  isEmpty: () => kill(pid, 0) !== 0,
});

export const group = (leader: number): Targets => ({
  signal: (signal) => void kill(-leader, signal),
  isEmpty: () => groupIsEmpty(leader),
});
