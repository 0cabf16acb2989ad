import { printable } from "../../cli/characters.ts";
import { ago } from "../../line/look/format.ts";
import type { LockStatus } from "../../os/lock/status.ts";
import { ageMs, formatRfc3339 } from "../../os/time.ts";

/** @returns a description of a lock's state: "held by pid 12 (sleep 60) on host since …, 5s ago" */
export function describeStatus(status: LockStatus, nowMs: number): string {
  const waiting = status.waiting > 0 ? `; ${status.waiting} waiting` : "";
  return `${words(status, nowMs)}${waiting}`;
}

function words(status: LockStatus, nowMs: number): string {
  const shared = status.mode === "shared" ? " (shared)" : "";
  switch (status.state) {
    case "free":
      return "free";
    case "held":
      return `held${shared} by ${holder(status, nowMs)}`;
    case "stopped":
      return `held${shared} by ${holder(status, nowMs)}, which is stopped`;
    case "inherited":
      return `held${shared} by an inheritor${inheritors(status)}: ${holder(status, nowMs)} has ended`;
    case "owner-unknown":
      return `held${shared}, owner unknown${status.pid === undefined ? "" : ` (according to the kernel, ${processWords(status)})`}`;
    case "other-namespace":
      return `held${shared} in another namespace${status.note ? ` (${holder(status, nowMs)})` : ""}: cannot be verified from here`;
  }
}

function holder(status: LockStatus, nowMs: number): string {
  const { note } = status;
  if (!note) return status.pid === undefined ? "its owner" : processWords(status);
  const command = note.command === "" ? "" : ` (${printable(note.command)})`;
  const since = `since ${formatRfc3339(note.sinceMs) ?? "?"}, ${ago(ageMs(note.sinceMs, nowMs))}`;
  return `pid ${note.process.pid}${command} on ${printable(note.host) || "?"} ${since}`;
}

const processWords = ({ pid, processName }: LockStatus): string =>
  `pid ${pid}${processName === undefined ? "" : ` (${printable(processName)})`}`;

const inheritors = ({ inheritors: pids = [] }: LockStatus): string =>
  pids.length === 0 ? "" : ` (pid ${pids.join(", ")})`;

/** The fields of `--json`, in order. */
export function statusFields(word: string, status: LockStatus): Record<string, unknown> {
  const { note } = status;
  return {
    lock: word,
    path: status.path,
    state: status.state,
    mode: status.mode ?? null,
    pid: note?.process.pid ?? status.pid ?? null,
    processName: status.processName ?? null,
    command: note?.command ?? null,
    host: note?.host ?? null,
    since: note ? (formatRfc3339(note.sinceMs) ?? null) : null,
    inheritors: status.inheritors ?? [],
    waiting: status.waiting,
  };
}
