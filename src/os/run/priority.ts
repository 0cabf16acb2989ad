/** Being a guest on the machine: work that nobody waits for runs when nobody else wants to. */
import { lowerPriority } from "../ffi/limits.ts";

const LOWEST_USEFUL_NICE = 10;

/**
 * Lower this process's CPU priority and, on Linux, put its disk access into the idle class. Children inherit both.
 * @returns whether the CPU priority could be lowered; a process that cannot is no worse than it was
 */
export const setLowPriority = (): boolean => lowerPriority(LOWEST_USEFUL_NICE);
