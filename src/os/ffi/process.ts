/** Attributes of a process: groups and sessions, limits, priority, pidfd; and the host's name and locale. */
import { close } from "./file.ts";
import { cString, errno, group, LONG, ON_ARM, ON_MAC } from "./library.ts";
import { fileSystemType, fstat } from "./stat.ts";

const owner = group({ geteuid: { args: [], returns: "u32" } });

/** geteuid(2). @returns the effective user id */
export const effectiveUser = (): number => owner().geteuid();

const groups = group({
  setpgid: { args: ["i32", "i32"], returns: "i32" },
  getpgrp: { args: [], returns: "i32" },
});
const identities = group({
  getpgid: { args: ["i32"], returns: "i32" },
  getsid: { args: ["i32"], returns: "i32" },
});

/** setpgid(0, 0): become the leader of a new process group. @returns 0, or an errno */
export const leadGroup = (): number => (groups().setpgid(0, 0) === 0 ? 0 : errno());

/** getpgrp(2). @returns this process's group */
export const ownGroup = (): number => groups().getpgrp();

/** getpgid(2). @returns the process group of a process, or -1 when it does not exist */
export const groupOf = (pid: number): number => identities().getpgid(pid);

/** getsid(2). @returns the session of a process (0: this one), or -1 */
export const sessionOf = (pid: number): number => identities().getsid(pid);

const exiting = group({ _exit: { args: ["i32"], returns: "void" } });

/**
 * Keep the terminal's modes when this process exits. The runtime restores the modes it found at its start, which undoes
 * what the command changed on purpose (`stty`). All output must be written before the exit.
 */
export const keepTerminalModes = (): void => void process.on("exit", (code) => exiting()._exit(Number(code)));

const limits = group({ setrlimit: { args: ["i32", "ptr"], returns: "i32" } });
const RLIMIT_CORE = 4;
const RLIMIT_NOFILE = ON_MAC ? 8 : 7;

/** Write no core file from this process: one that dies of its child's signal must not overwrite the child's. */
export const disableCoreFile = (): void => void limits().setrlimit(RLIMIT_CORE, new BigUint64Array(2));

/** Set the soft limit of open files. @param hard the current hard limit */
export const limitOpenFiles = (soft: bigint, hard: bigint): void =>
  void limits().setrlimit(RLIMIT_NOFILE, new BigUint64Array([soft, hard]));

const usage = group({ getrusage: { args: ["i32", "ptr"], returns: "i32" } });
const RUSAGE_SELF = 0;
/** `ru_maxrss` in struct rusage, after two struct timeval: KiB on Linux, bytes on macOS. */
const MAXRSS = { index: 4, unit: ON_MAC ? 1 : 1024 } as const;

/** Room for a struct rusage. */
export const resourceUsage = (): BigInt64Array => new BigInt64Array(32);

/** @returns the peak memory in a struct rusage, bytes */
export const peakMemoryOf = (facts: BigInt64Array): number => Number(facts[MAXRSS.index]) * MAXRSS.unit;

/** getrusage(2). @returns this process's peak memory, bytes; 0 on failure */
export function ownPeakMemory(): number {
  const facts = resourceUsage();
  return usage().getrusage(RUSAGE_SELF, facts) === 0 ? peakMemoryOf(facts) : 0;
}

const priorities = group({ setpriority: { args: ["i32", "i32", "i32"], returns: "i32" } });
const system = group({ syscall: { args: ["i64", "i64", "i64", "i64", "i64", "i64"], returns: "i64" } });
const PRIO_PROCESS = 0;
const BACKGROUND_NICE = 10;
const SYS_IOPRIO_SET = ON_ARM ? 30 : 251;
const IOPRIO_WHO_PROCESS = 1;
const IOPRIO_CLASS_IDLE = 3 << 13;

/**
 * setpriority(2) and, on Linux, the idle class of ioprio_set(2), for background work. Children inherit both.
 * @returns whether the CPU priority was lowered
 */
export function setLowPriority(): boolean {
  if (!ON_MAC) system().syscall(SYS_IOPRIO_SET, IOPRIO_WHO_PROCESS, 0, IOPRIO_CLASS_IDLE, 0, 0);
  return priorities().setpriority(PRIO_PROCESS, 0, BACKGROUND_NICE) === 0;
}

const SYS_PRCTL = ON_ARM ? 167 : 157;
const PR_SET_CHILD_SUBREAPER = 36;

/**
 * prctl(2) PR_SET_CHILD_SUBREAPER: orphaned descendants become this process's children, not init's.
 * @returns whether that holds; never on macOS, which has no equivalent
 */
export const adoptOrphans = (): boolean =>
  !ON_MAC && Number(system().syscall(SYS_PRCTL, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)) === 0;

const pidfds = group({ syscall: { args: ["i64", "i64", "i64"], returns: LONG } });
const SYS_PIDFD_OPEN = 434;
const PID_FS_MAGIC = 0x50494446n;

/**
 * pidfd_open(2): since Linux 6.9 every process has a 64-bit inode on pidfs that is never reused before the next boot.
 * Before, all pidfds shared one anonymous inode, which has another file system type.
 * @returns the inode in decimal, or undefined where it identifies nothing
 */
export function pidfdInode(pid: number): string | undefined {
  if (ON_MAC) return undefined;
  const fd = Number(pidfds().syscall(SYS_PIDFD_OPEN, pid, 0));
  if (fd < 0) return undefined;
  try {
    return fileSystemType(fd) === PID_FS_MAGIC ? fstat(fd)?.inode.toString() : undefined;
  } finally {
    close(fd);
  }
}

const names = group({ gethostname: { args: ["ptr", "u64"], returns: "i32" } });

/** gethostname(2). @returns the machine's name, or "" */
export function hostName(): string {
  const name = new Uint8Array(256);
  if (names().gethostname(name, name.length - 1) !== 0) return "";
  return new TextDecoder().decode(name.subarray(0, name.indexOf(0)));
}

const locales = group({
  setlocale: { args: ["i32", "ptr"], returns: "ptr" },
  nl_langinfo: { args: ["i32"], returns: "cstring" },
});
const LC_CTYPE = ON_MAC ? 2 : 0;
const CODESET = ON_MAC ? 0 : 14;

/** setlocale(3), nl_langinfo(3). @returns whether the user's locale is installed and its encoding is UTF-8 */
export function localeIsUtf8(): boolean {
  locales().setlocale(LC_CTYPE, cString(""));
  return /^utf-?8$/i.test(String(locales().nl_langinfo(CODESET)));
}
