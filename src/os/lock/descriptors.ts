/**
 * The processes that share a file's lock: those with a descriptor of the same open file that was locked.
 *
 * /proc/PID/fdinfo/FD has a "lock:" line for such a descriptor, in the process that locked and in all that inherited it.
 * Only root sees the processes of other users.
 */
import { readWhole } from "../ffi/file.ts";
import { cString } from "../ffi/library.ts";
import { type FileFacts, statPath } from "../ffi/stat.ts";
import { entryNames } from "../io/entries.ts";

/** One process's share in a lock. */
export interface Share {
  readonly pid: number;
  /** The process that locked: this one, or the one it inherited the lock from. 0: no pid here. */
  readonly locker: number;
}

export type FileIdentity = Pick<FileFacts, "device" | "inode">;

/** @returns the shares of visible processes, by ascending pid; none on macOS */
export function lockShares(file: FileIdentity): Share[] {
  if (process.platform !== "linux") return [];
  return entryNames("/proc")
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      const lockers = entryNames(`/proc/${pid}/fd`).flatMap((fd) => lockerOf(pid, fd, file) ?? []);
      return lockers.slice(0, 1).map((locker) => ({ pid: Number(pid), locker }));
    })
    .sort((a, b) => a.pid - b.pid);
}

function lockerOf(pid: string, fd: string, file: FileIdentity): number | undefined {
  const open = statPath(cString(`/proc/${pid}/fd/${fd}`));
  if (!open || open.inode !== file.inode || open.device !== file.device) return undefined;
  const line = /^lock:.*\bFLOCK\s+\S+\s+\S+\s+(-?\d+)\s/m.exec(readWhole(`/proc/${pid}/fdinfo/${fd}`) ?? "");
  return line ? Math.max(0, Number(line[1])) : undefined;
}
