/**
 * Which processes have a share in a file's lock: those with a descriptor of the very open file that was locked.
 *
 * /proc/PID/fdinfo/FD has a "lock:" line for such a descriptor, in the process that locked and in all that inherited it.
 * Processes of other users are not seen, unless we are root.
 */
import { readdirSync } from "node:fs";
import { cString } from "./libc/library.ts";
import { readWhole } from "./libc/read-whole.ts";
import { type FileFacts, statPath } from "./libc/stat.ts";

/** @returns the pids, ascending; none on macOS */
export function lockingDescriptors(file: FileFacts): number[] {
  if (process.platform !== "linux") return [];
  return entries("/proc")
    .filter((pid) => /^\d+$/.test(pid) && entries(`/proc/${pid}/fd`).some((fd) => isLocking(pid, fd, file)))
    .map(Number)
    .sort((a, b) => a - b);
}

function isLocking(pid: string, fd: string, file: FileFacts): boolean {
  const open = statPath(cString(`/proc/${pid}/fd/${fd}`));
  if (!open || open.inode !== file.inode || open.device !== file.device) return false;
  return /^lock:.*\bFLOCK\b/m.test(readWhole(`/proc/${pid}/fdinfo/${fd}`) ?? "");
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // ended while we looked, or another user's: not one that we could name
  }
}
