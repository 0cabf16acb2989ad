/** All processes at one instant, and which of them are our descendants. */
import { readdirSync } from "node:fs";
import { bsdInfo, processIds } from "../ffi/macos.ts";
import { readWhole } from "../ffi/read-whole.ts";
import { ownGroup, sessionOf } from "../ffi/signal.ts";

/** One line of the process table. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** The process group's id. */
  readonly group: number;
  readonly isStopped: boolean;
  /** In a wait that no signal ends, such as that for a child of vfork(2) to execute its program (Linux). */
  readonly isUninterruptible: boolean;
  readonly isZombie: boolean;
}

const ON_MAC = process.platform === "darwin";

/** @returns every process that can be seen */
export const processTable = (): ProcessEntry[] =>
  (ON_MAC ? processIds() : readdirSync("/proc").map(Number)).flatMap((pid) =>
    pid > 0 ? (processEntry(pid) ?? []) : [],
  );

/** @returns undefined when there is no such process, or it cannot be seen */
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

/** Read a line of /proc/PID/stat. The name in it may hold anything, parentheses and spaces too. */
export function parseEntry(text: string): ProcessEntry | undefined {
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
 * @param except children of ours that do not count, and neither do their descendants
 * @param command the child that is supervised; 0 before it was started
 * @returns our descendants, parents before their children, without zombies: those in this session, and those in the
 *   command's own if it started one (`setsid`). Any other session is a daemon's. On macOS, where no process adopts its
 *   descendants' orphans, also the orphans in our group.
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

/** Whether a process is in our session, or in that of the command: a session's number is its first process's. */
export function isSupervised(pid: number, command: number): boolean {
  const session = sessionOf(pid);
  return session === sessionOf(0) || (command > 0 && session === command);
}

const orphansIn = (group: number, table: readonly ProcessEntry[]): ProcessEntry[] =>
  table.filter((entry) => entry.parent === 1 && entry.group === group && entry.pid !== process.pid);
