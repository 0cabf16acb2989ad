/**
 * pidfd_open(2): the one name of a process that is never used again before the next boot, where there is one.
 *
 * Since Linux 6.9 every process has an inode of its own on pidfs, 64 bits wide and counted upwards. Before, all
 * pidfds shared one anonymous inode, which the file system's magic number tells apart.
 */
import { close } from "./file.ts";
import { group, LONG, ON_ARM, ON_MAC } from "./library.ts";
import { fstat } from "./stat.ts";

const calls = group({ syscall: { args: ["i64", "i64", "ptr"], returns: LONG } });
const opening = group({ syscall: { args: ["i64", "i64", "i64"], returns: LONG } });
const SYS_PIDFD_OPEN = 434;
const SYS_FSTATFS = ON_ARM ? 44 : 138;
const PID_FS_MAGIC = 0x50494446n;

/** @returns the inode of the process's pidfd in decimal, or undefined where it identifies nothing */
export function pidfdInode(pid: number): string | undefined {
  if (ON_MAC) return undefined;
  const fd = Number(opening().syscall(SYS_PIDFD_OPEN, pid, 0));
  if (fd < 0) return undefined;
  try {
    return fileSystemType(fd) === PID_FS_MAGIC ? fstat(fd)?.inode.toString() : undefined;
  } finally {
    close(fd);
  }
}

/** fstatfs(2). @returns the magic number of the file system that holds the open file (Linux), or undefined */
export function fileSystemType(fd: number): bigint | undefined {
  const facts = new BigInt64Array(32);
  return Number(calls().syscall(SYS_FSTATFS, fd, facts)) === 0 ? facts[0] : undefined;
}
