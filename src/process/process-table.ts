/** All processes at one instant, and which of them are our descendants. */
import { readdirSync } from "node:fs";
import { bsdInfo, processIds } from "./libc/macos.ts";
import { readWhole } from "./libc/read-whole.ts";
import { ownGroup, sessionOf } from "./libc/signal.ts";

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
 * @returns our descendants in this session, parents before their children, without zombies. One that started a session
 *   of its own is a daemon. On macOS, where no process adopts its descendants' orphans, also the orphans in our group.
 */
export function descendants(except: ReadonlySet<number>): ProcessEntry[] {
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
  return found.filter(({ pid, isZombie }) => !isZombie && inSession(pid));
}

/** Whether a process belongs to our session, and so to our terminal. */
export const inSession = (pid: number): boolean => sessionOf(pid) === sessionOf(0);

const orphansIn = (group: number, table: readonly ProcessEntry[]): ProcessEntry[] =>
  table.filter((entry) => entry.parent === 1 && entry.group === group && entry.pid !== process.pid);
