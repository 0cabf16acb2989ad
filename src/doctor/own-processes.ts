/**
 * The processes of this program that work for this state directory, and what they left behind.
 *
 * Ours is what runs this program's file and, by its environment, uses this state directory: another user's, another
 * state's or another program's process is none of ours, whatever it is called. What is to be ended is known by pid and
 * start time from here on.
 */
import { basename } from "node:path";
import { realPath } from "../os/ffi/file.ts";
import type { ProcessRecord } from "../os/identity.ts";
import { RUN_MARK } from "../os/run/process-group.ts";
import { type StatePaths, statePaths } from "../state/paths.ts";
import { environmentOf, recordOf, type UserProcess, userProcesses } from "./user-processes.ts";

export interface OwnProcess extends UserProcess {
  /** Absent where its state directory cannot be seen (macOS), so that it is surely ours only by name: hands off. */
  readonly record?: ProcessRecord;
}

/** What of ours runs, by what is to be thought of it. */
export interface OwnProcesses {
  /** Passes and renders that are at work. */
  readonly running: readonly OwnProcess[];
  /** Passes and renders that SIGSTOP or a debugger holds. */
  readonly stopped: readonly OwnProcess[];
  /** Passes and renders that should have ended. */
  readonly overdue: readonly OwnProcess[];
  /** What a pass started and did not end: the pass is gone. */
  readonly orphans: readonly OwnProcess[];
}

/** A pass is over by then, unless it was given another deadline; a render long before. Seconds. */
const LIMIT_S = { gather: 32, display: 5 } as const;

/** Look at the process table once. */
export async function ownProcesses(paths: StatePaths): Promise<OwnProcesses> {
  const all = await userProcesses();
  const found = { running: [], stopped: [], overdue: [], orphans: [] } as Record<
    keyof OwnProcesses,
    OwnProcess[]
  >;
  for (const process of all) {
    const kind = isThisProgram(process) ? judge(process) : isOrphan(process, all) ? "orphans" : undefined;
    if (kind === undefined) continue;
    const root = stateRootOf(process.pid);
    if (root !== undefined && !isSame(root, paths.root)) continue;
    // Last of all: what was seen so far was seen of this very process.
    const record = root === undefined ? undefined : recordOf(process);
    found[kind].push({ ...process, ...(record && { record }) });
  }
  return found;
}

/** @returns what is to be thought of a process of this program; undefined for one that a person runs */
function judge({ state, words, ageS }: UserProcess): "running" | "stopped" | "overdue" | undefined {
  const command = words[1];
  if ((command !== "gather" && command !== "display") || state === "Z") return undefined;
  if (/^[Tt]$/.test(state)) return "stopped";
  const ownDeadline = words.some((word) => /^--(deadline|reindex)/.test(word));
  return ageS > LIMIT_S[command] && !ownDeadline ? "overdue" : "running";
}

/**
 * What a pass starts bears the mark of its run (process/subprocess.ts), whose first number is the pass's pid. A process
 * of that pid is the pass only if it is no younger than what it started.
 */
function isOrphan({ pid, ageS, state }: UserProcess, all: readonly UserProcess[]): boolean {
  const mark = state === "Z" ? undefined : environmentOf(pid)?.[RUN_MARK];
  const starter = Number(mark?.split(".", 1)[0]);
  if (!(starter > 0) || starter === process.pid) return false;
  return !all.some((each) => each.pid === starter && each.ageS >= ageS);
}

/** The program as it is installed, and as a release has it. */
const NAMES = /^plimsoll(-(linux|darwin)-(x64|arm64)(-musl)?)?$/;

/** Whether a process is, or was, one of this program: also of a version that was replaced since. */
export function isThisProgram({ executable, words: [name = ""], state }: UserProcess): boolean {
  const file = basename(executable ?? name);
  return NAMES.test(file) || (state !== "Z" && executable === process.execPath);
}

/** @returns the state directory that a process uses; undefined where that cannot be seen */
export function stateRootOf(pid: number): string | undefined {
  const env = environmentOf(pid);
  return env && statePaths(env)?.root;
}

/** Whether two ways to write a directory lead to the same one. */
export const isSame = (one: string, other: string): boolean =>
  (realPath(one) ?? one) === (realPath(other) ?? other);

/** @returns one line about a process */
export const describeProcess = ({ pid, parent, state, ageS, words }: UserProcess): string =>
  `pid ${pid}, state ${state}, ${Math.round(ageS)} s old, parent ${parent}: ${words.join(" ").slice(0, 200)}`;
