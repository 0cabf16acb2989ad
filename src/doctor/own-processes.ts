/**
 * This program's processes that use this state directory, and what they left running.
 *
 * A process is ours if it runs this program's file and its environment names this state directory. From here on it is
 * identified by pid and start time.
 */
import { basename } from "node:path";
import { age } from "../line/look/format.ts";
import { realPath } from "../os/ffi/file.ts";
import { errorText } from "../os/ffi/library.ts";
import type { ProcessRecord } from "../os/identity.ts";
import { endProcesses } from "../os/run/end-processes.ts";
import { RUN_MARK } from "../os/run/process-group.ts";
import { type StatePaths, statePaths } from "../state/paths.ts";
import { DISPLAY_DEADLINE_MS, PASS_HANGS_MS } from "../state/timeouts.ts";
import type { Fix } from "./check.ts";
import { environmentOf, recordOf, type UserProcess, userProcesses } from "./user-processes.ts";

export interface OwnProcess extends UserProcess {
  /** Absent where the environment is not visible (macOS): then it is ours only by name, and must not be ended. */
  readonly record?: ProcessRecord;
}

export interface OwnProcesses {
  /** Running passes and renders. */
  readonly running: readonly OwnProcess[];
  /** Passes and renders stopped by SIGSTOP or a debugger. */
  readonly stopped: readonly OwnProcess[];
  /** Passes and renders past their deadline. */
  readonly overdue: readonly OwnProcess[];
  /** Children of passes that ended. */
  readonly orphans: readonly OwnProcess[];
}

/** Age at which a pass without a deadline of its own, or a render, is overdue. Milliseconds. */
const LIMIT_MS = { gather: PASS_HANGS_MS, display: 10 * DISPLAY_DEADLINE_MS } as const;

/** Scan the process table once. */
export async function ownProcesses(paths: StatePaths): Promise<OwnProcesses> {
  const all = await userProcesses();
  const found = { running: [], stopped: [], overdue: [], orphans: [] } as Record<
    keyof OwnProcesses,
    OwnProcess[]
  >;
  for (const process of all) {
    const kind = isThisProgram(process) ? classify(process) : isOrphan(process, all) ? "orphans" : undefined;
    if (kind === undefined) continue;
    const root = stateRootOf(process.pid);
    if (root !== undefined && !isSame(root, paths.root)) continue;
    // Last: it proves that the facts above belong to this process, not to a reused pid.
    const record = root === undefined ? undefined : recordOf(process);
    found[kind].push({ ...process, ...(record && { record }) });
  }
  return found;
}

/** @returns undefined for commands that a user runs */
function classify({ state, words, ageS }: UserProcess): "running" | "stopped" | "overdue" | undefined {
  const command = words[1];
  if ((command !== "gather" && command !== "display") || state === "Z") return undefined;
  if (/^[Tt]$/.test(state)) return "stopped";
  const ownDeadline = words.some((word) => /^--(deadline|reindex)/.test(word));
  return ageS * 1000 > LIMIT_MS[command] && !ownDeadline ? "overdue" : "running";
}

/**
 * A pass's children carry the mark of its run (os/run/subprocess.ts), which begins with the pass's pid. A process with
 * that pid is the pass only if it is at least as old as the child.
 */
function isOrphan({ pid, ageS, state }: UserProcess, all: readonly UserProcess[]): boolean {
  const mark = state === "Z" ? undefined : environmentOf(pid)?.[RUN_MARK];
  const starter = Number(mark?.split(".", 1)[0]);
  if (!(starter > 0) || starter === process.pid) return false;
  return !all.some((each) => each.pid === starter && each.ageS >= ageS);
}

/** As installed, and as released. */
const NAMES = /^plimsoll(-(linux|darwin)-(x64|arm64)(-musl)?)?$/;

/** Whether a process runs, or ran, this program; also a version that was replaced since. */
export function isThisProgram({ executable, words: [name = ""], state }: UserProcess): boolean {
  const file = basename(executable ?? name);
  return NAMES.test(file) || (state !== "Z" && executable === process.execPath);
}

/** @returns a process's state directory; undefined where it is not visible */
export function stateRootOf(pid: number): string | undefined {
  const env = environmentOf(pid);
  return env && statePaths(env)?.root;
}

/** Whether two paths lead to the same directory. */
export const isSame = (one: string, other: string): boolean =>
  (realPath(one) ?? one) === (realPath(other) ?? other);

/** @returns one line */
export const describeProcess = ({ pid, parent, state, ageS, words }: UserProcess): string =>
  `pid ${pid}, state ${state}, ${age(ageS * 1000)} old, parent ${parent}: ${words.join(" ").slice(0, 200)}`;

/** Between TERM, on which a pass writes its results, and KILL. Milliseconds. */
const GRACE_MS = 3_000;

/** @returns the fix that ends those verified to be ours; nothing when there are none */
export function endingFix(processes: readonly OwnProcess[]): { fix?: Fix } {
  const records = processes.flatMap(({ record }) => record ?? []);
  if (records.length === 0) return {};
  const fix: Fix = async (report) => {
    const left = await endProcesses(records, GRACE_MS, ({ pid, signal, errno }) =>
      report(errno === 0 ? `sent ${signal} to pid ${pid}` : `cannot signal pid ${pid}: ${errorText(errno)}`),
    );
    if (left.length > 0) throw new Error(`cannot end pid ${left.map(({ pid }) => pid).join(", ")}`);
  };
  return { fix };
}
