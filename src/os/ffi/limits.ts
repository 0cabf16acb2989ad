/** setrlimit(2), setpriority(2), prctl(2): what a process lays upon itself. */
import { group, ON_ARM, ON_MAC } from "./library.ts";

const limits = group({ setrlimit: { args: ["i32", "ptr"], returns: "i32" } });
const priorities = group({ setpriority: { args: ["i32", "i32", "i32"], returns: "i32" } });
const system = group({ syscall: { args: ["i64", "i64", "i64", "i64", "i64", "i64"], returns: "i64" } });

const RLIMIT_CORE = 4;
/** RLIMIT_NOFILE. */
export const NOFILE = ON_MAC ? 8 : 7;
const PRIO_PROCESS = 0;
const SYS_IOPRIO_SET = ON_ARM ? 30 : 251;
const IOPRIO_WHO_PROCESS = 1;
const IOPRIO_CLASS_IDLE = 3 << 13;
const SYS_PRCTL = ON_ARM ? 167 : 157;
const PR_SET_CHILD_SUBREAPER = 36;

const usage = group({ getrusage: { args: ["i32", "ptr"], returns: "i32" } });
const RUSAGE_SELF = 0;
/** Where struct rusage has `ru_maxrss`, behind two struct timeval: KiB on Linux, bytes on macOS. */
export const MAXRSS = { index: 4, unit: ON_MAC ? 1 : 1024 } as const;

/** getrusage(2). @returns the most memory that this process has had in use, bytes */
export function ownPeakMemory(): number {
  const facts = new BigInt64Array(32);
  return usage().getrusage(RUSAGE_SELF, facts) === 0 ? Number(facts[MAXRSS.index]) * MAXRSS.unit : 0;
}

/** No core file from this process: one that dies again of its child's signal must not write over the child's. */
export const disableCoreFile = (): void => void limits().setrlimit(RLIMIT_CORE, new BigUint64Array(2));

/** setrlimit(2), to change the soft limit. @param hard as it is */
export const setSoftLimit = (limit: number, soft: bigint, hard: bigint): void =>
  void limits().setrlimit(limit, new BigUint64Array([soft, hard]));

/** setpriority(2) and, on Linux, the idle class of ioprio_set(2). @returns whether the CPU priority was lowered */
export function lowerPriority(nice: number): boolean {
  if (!ON_MAC) system().syscall(SYS_IOPRIO_SET, IOPRIO_WHO_PROCESS, 0, IOPRIO_CLASS_IDLE, 0, 0);
  return priorities().setpriority(PRIO_PROCESS, 0, nice) === 0;
}

/**
 * prctl(2) PR_SET_CHILD_SUBREAPER: descendants that lose their parent become this process's children, not init's.
 * @returns whether that holds; never on macOS, which has nothing like it
 */
export const adoptOrphans = (): boolean =>
  !ON_MAC && Number(system().syscall(SYS_PRCTL, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)) === 0;
