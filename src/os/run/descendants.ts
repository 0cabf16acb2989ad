/**
 * The process table, and the descendants of this process as targets of signals.
 *
 * For a command in our own process group: the group may contain the script that started us and the rest of a pipeline, so
 * it cannot be signalled as a whole. On Linux we adopt orphans, so no descendant is missed.
 */
import { readdirSync } from "node:fs";
import { readWhole } from "../ffi/file.ts";
import { bsdInfo, processIds } from "../ffi/macos.ts";
import { ownGroup, sessionOf } from "../ffi/process.ts";
import { kill } from "../ffi/signal.ts";
import { ownChildren } from "./process-group.ts";
import { SIG } from "./signals.ts";
import type { Targets } from "./supervised-command.ts";

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** The process group's id. */
  readonly group: number;
  readonly isStopped: boolean;
  /** In a wait that no signal interrupts, such as in vfork(2) until the child executes its program (Linux). */
  readonly isUninterruptible: boolean;
  readonly isZombie: boolean;
}

const ON_MAC = process.platform === "darwin";

const processTable = (): ProcessEntry[] =>
  (ON_MAC ? processIds() : readdirSync("/proc").map(Number)).flatMap((pid) =>
    pid > 0 ? (processEntry(pid) ?? []) : [],
  );

/** @returns undefined when the process does not exist or is not visible */
export function processEntry(pid: number): ProcessEntry | undefined {
  if (!ON_MAC) return parseEntry(readWhole(`/proc/${pid}/stat`) ?? "");
  const info = bsdInfo(pid);
  return (
    info && {
      ...info,
      pid,
      isStopped: info.state === "T",
      isUninterruptible: false,
      isZombie: info.state === "Z",
    }
  );
}

/** Parse /proc/PID/stat. The name may contain anything, brackets and spaces too. */
function parseEntry(text: string): ProcessEntry | undefined {
  const pid = Number.parseInt(text, 10);
  const [state, parent, group] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  if (!(pid > 0) || group === undefined) return undefined;
  return {
    pid,
    parent: Number(parent),
    group: Number(group),
    isStopped: state === "T" || state === "t",
    isUninterruptible: state === "D",
    isZombie: state === "Z",
  };
}

/**
 * @param except children of ours to skip, with their descendants
 * @param command the supervised child; 0 before its start
 * @returns our descendants, parents before children, without zombies: those in this session, and those in the command's
 *   own session if it started one (`setsid`). Any other session is a daemon's. On macOS, which has no subreapers, also
 *   the orphans in our group.
 */
export function descendants(except: ReadonlySet<number>, command: number): ProcessEntry[] {
  const children = new Map<number, ProcessEntry[]>();
  const table = processTable();
  for (const entry of table) {
    const siblings = children.get(entry.parent);
    if (siblings) siblings.push(entry);
    else children.set(entry.parent, [entry]);
  }
  const found = (children.get(process.pid) ?? []).filter(({ pid }) => !except.has(pid));
  if (ON_MAC) found.push(...orphansIn(ownGroup(), table));
  for (let index = 0; index < found.length; index++)
    found.push(...(children.get((found[index] as ProcessEntry).pid) ?? []));
  return found.filter(({ pid, isZombie }) => !isZombie && isSupervised(pid, command));
}

/** Whether a process is in our session, or in the command's, whose id is the command's pid. */
function isSupervised(pid: number, command: number): boolean {
  const session = sessionOf(pid);
  return session === sessionOf(0) || (command > 0 && session === command);
}

const orphansIn = (group: number, table: readonly ProcessEntry[]): ProcessEntry[] =>
  table.filter((entry) => entry.parent === 1 && entry.group === group && entry.pid !== process.pid);

/** Processes may start while the table is read: read it again until nothing is new. */
const MAX_ROUNDS = 10;

/**
 * The command and all its descendants.
 * @param except children of ours that are not the command's, inherited from the program that executed us
 * @param command the command's pid, or 0
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
    // The list of our children is cheap to read, the whole table is not.
    const children = ownChildren().filter((pid) => !except.has(pid) && isSupervised(pid, command()));
    return children.length === 0 && descendants(except, command()).length === 0;
  },
});

/** Stop all running descendants. @returns the pids that were stopped here */
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
