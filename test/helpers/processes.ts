/** Processes from /proc (Linux), to check that none is left. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** One process. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** The session's leader (setsid(2)). */
  readonly session: number;
  /** "Z" is a zombie. */
  readonly state: string;
}

/** Whether processes can be listed on this system. */
export const CAN_SEE_PROCESSES = process.platform === "linux";

/** Processes with `text` in their environment: a sandbox's directory identifies everything started in it. */
export function processesOf(text: string): Process[] {
  return readdirSync("/proc").flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) return [];
    const environment = read(`/proc/${pid}/environ`);
    const found = environment?.includes(text) ? look(pid) : undefined;
    return found && found.state !== "Z" ? [found] : [];
  });
}

/**
 * Zombies among the children of this process: once a test has called a runner of `os/run/` in this process, the orphans
 * of what it kills become children of this process.
 */
export const ownZombies = (): number[] =>
  (read(`/proc/self/task/${process.pid}/children`) ?? "")
    .split(" ")
    .map(Number)
    .filter((pid) => pid > 0 && look(pid)?.state === "Z");

/** @returns undefined when there is no such process */
export function look(pid: number): Process | undefined {
  const stat = read(`/proc/${pid}/stat`);
  const [state, parent, , session] = stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? [];
  return state === undefined ? undefined : { pid, parent: Number(parent), session: Number(session), state };
}

/** The targets of the process's standard descriptors. */
export const descriptors = (pid: number): string[] =>
  [0, 1, 2].map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));

/** @returns the file that the process runs, or undefined when it is gone */
export function executable(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return undefined;
  }
}

/** A process may be gone between being listed and being read. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}
