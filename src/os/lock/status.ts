/**
 * Who holds a lock, without touching it.
 *
 * Probing with a shared lock would make another process's `-n` fail at that moment. On Linux we read the kernel's table
 * /proc/locks instead: device, inode and the pid that locked. The owner note adds details, and is only trusted if its
 * process is verified and is the one in the table. macOS has no such table: there the lock is tried and released.
 */
import { close, OPEN, openExisting, readlink, readWhole } from "../ffi/file.ts";
import { flock, LOCK } from "../ffi/flock.ts";
import { ERRNO, errno, errorText } from "../ffi/library.ts";
import { FILE_TYPE, type FileFacts, fstat } from "../ffi/stat.ts";
import { inInitialNamespace, type Lookup, LookupCache, pidNamespace, verify } from "../identity.ts";
import { lockShares, type Share } from "./descriptors.ts";
import { LockError, mountId, mountLine } from "./file.ts";
import { noteBeside, type OwnerNote, readNote, readNoteAt } from "./note.ts";

/**
 * - free
 * - held: by the note's process, which is verified
 * - stopped: held by a process that is stopped
 * - inherited: the process that locked has ended, and a program that it started keeps the lock
 * - owner-unknown: held, without a valid note; `pid` comes from the kernel
 * - other-namespace: held by a process that has, or seems to have, no pid here (another container)
 */
type LockState = "free" | "held" | "stopped" | "inherited" | "owner-unknown" | "other-namespace";

export interface LockStatus {
  readonly path: string;
  readonly state: LockState;
  readonly mode?: "exclusive" | "shared";
  /** Who locked, according to the kernel or the note. */
  readonly pid?: number;
  /** That process's current name. */
  readonly processName?: string;
  /** The visible processes that keep an inherited lock. */
  readonly inheritors?: readonly number[];
  /** The holder's note. */
  readonly note?: OwnerNote;
  /** How many processes wait for it, according to the kernel. */
  readonly waiting: number;
}

/** A flock(2) line of /proc/locks. */
export interface KernelLock {
  readonly waiting: boolean;
  readonly mode: "exclusive" | "shared";
  readonly pid: number;
  /** "major:minor" in hexadecimal, as the kernel writes it. */
  readonly device: string;
  readonly inode: string;
}

const LINE = /^\d+:\s+(->\s+)?FLOCK\s+\S+\s+(READ|WRITE)\s+(-?\d+)\s+([0-9a-f]+:[0-9a-f]+):(\d+)\s/;

/** Parse the flock(2) lines of /proc/locks; others are skipped. */
export function parseLocks(text: string): KernelLock[] {
  return text.split("\n").flatMap((line) => {
    const match = LINE.exec(line);
    if (!match) return [];
    const [, arrow, access, pid, device = "", inode = ""] = match;
    const mode = access === "WRITE" ? "exclusive" : "shared";
    return [{ waiting: arrow !== undefined, mode, pid: Number(pid), device, inode }];
  });
}

/**
 * @param notes the directory of the notes of path locks
 * @throws LockError when the path cannot be a lock, or may not be read
 */
export function lockStatus(path: string, notes?: string): LockStatus {
  const fd = openExisting(path, OPEN.RDONLY | OPEN.NOFOLLOW | OPEN.NONBLOCK | OPEN.CLOEXEC);
  if (fd < 0) return unopened(path, errno());
  try {
    const facts = fstat(fd);
    if (!facts) throw new LockError("cannot-open", `cannot examine ${path}`);
    const type = facts.mode & FILE_TYPE.mask;
    if (type !== FILE_TYPE.regular && type !== FILE_TYPE.directory)
      throw new LockError("unsafe", `${path} is neither a file nor a directory`);
    const beside = notes === undefined ? undefined : readNoteAt(noteBeside(notes, facts));
    const note = beside ?? readNote(fd);
    return process.platform === "linux" ? byTable(path, fd, facts, note) : byTrying(path, fd, note);
  } finally {
    close(fd);
  }
}

function unopened(path: string, error: number): LockStatus {
  if (error === ERRNO.ENOENT) return { path, state: "free", waiting: 0 };
  if (error === ERRNO.ELOOP)
    throw new LockError("unsafe", `${path} is a symbolic link: it is not followed`, { errno: error });
  throw new LockError("cannot-open", `cannot open ${path}: ${errorText(error)}`, { errno: error });
}

function byTable(path: string, fd: number, facts: FileFacts, note: OwnerNote | undefined): LockStatus {
  const devices = devicesOf(fd, facts);
  const here = parseLocks(readWhole("/proc/locks") ?? "").filter(
    (lock) => lock.inode === facts.inode.toString() && devices.includes(lock.device),
  );
  const waiting = here.filter((lock) => lock.waiting).length;
  const held = here.find((lock) => !lock.waiting);
  if (!held) return { ...unlisted(path, facts, note), waiting };
  const base = { path, mode: held.mode, waiting, ...(held.pid > 0 && { pid: held.pid }) };
  return { ...base, ...judge(held.pid, note, facts) };
}

/** Identify the kernel's pid, and check whether the note is from it. */
function judge(
  pid: number,
  note: OwnerNote | undefined,
  facts: FileFacts,
): Omit<LockStatus, "path" | "waiting"> {
  const cache = new LookupCache();
  if (pid <= 0 || isElsewhere(pid, note)) return { state: "other-namespace", ...(note && { note }) };
  const process_ = cache.lookup(pid);
  const isNotes = note?.process.pid === pid;
  const liveness = isNotes ? verify(note.process, cache) : undefined;
  if (process_.kind === "gone" || liveness === "dead") return inherited(facts, isNotes ? note : undefined);
  const name = nameOf(process_);
  if (liveness === "alive")
    return { state: isStopped(process_) ? "stopped" : "held", ...name, note: note as OwnerNote };
  return { state: isStopped(process_) ? "stopped" : "owner-unknown", ...name };
}

/** Whether the note and, as far as is visible, the kernel's pid are from another pid namespace. */
function isElsewhere(pid: number, note: OwnerNote | undefined): boolean {
  const noted = note?.process.namespace;
  if (noted === undefined || noted === pidNamespace()) return false;
  return (readlink(`/proc/${pid}/ns/pid`) ?? noted) === noted;
}

const inherited = (facts: FileFacts, note: OwnerNote | undefined): Omit<LockStatus, "path" | "waiting"> => ({
  state: "inherited",
  inheritors: pidsOf(lockShares(facts)),
  ...(note && { note }),
});

const pidsOf = (shares: readonly Share[]): number[] => shares.map(({ pid }) => pid);

const nameOf = (found: Lookup): { processName?: string } =>
  found.kind === "found" ? { processName: found.facts.name } : {};

const isStopped = (found: Lookup): boolean => found.kind === "found" && /^[Tt]$/.test(found.facts.state);

/**
 * Not in the table: free, except in a container. There the table omits the locks of processes without a pid there, and of
 * processes that have ended while a child keeps the lock.
 */
function unlisted(path: string, facts: FileFacts, note: OwnerNote | undefined): LockStatus {
  const free: LockStatus = { path, state: "free", waiting: 0 };
  if (inInitialNamespace()) return free;
  const inheritors = pidsOf(lockShares(facts));
  if (inheritors.length > 0) return { ...free, state: "inherited", inheritors, ...(note && { note }) };
  const elsewhere = note?.process.namespace !== undefined && note.process.namespace !== pidNamespace();
  return elsewhere ? { ...free, state: "other-namespace", note } : free;
}

/** The devices that /proc/locks may show for the file: from stat(2) and of its mount; they differ on btrfs and overlays. */
function devicesOf(fd: number, facts: FileFacts): string[] {
  const { device } = facts;
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn);
  const own = `${hex(major)}:${hex(minor)}`;
  const mount = mountLine(readWhole("/proc/self/mountinfo") ?? "", mountId(fd));
  const [mountMajor, mountMinor] = mount?.split(" ")[2]?.split(":").map(BigInt) ?? [];
  return mountMajor === undefined || mountMinor === undefined
    ? [own]
    : [own, `${hex(mountMajor)}:${hex(mountMinor)}`];
}

const hex = (value: bigint): string => value.toString(16).padStart(2, "0");

function byTrying(path: string, fd: number, note: OwnerNote | undefined): LockStatus {
  if (flock(fd, LOCK.SH | LOCK.NB) === 0) return { path, state: "free", waiting: 0 };
  const base = { path, waiting: 0 };
  if (!note) return { ...base, state: "owner-unknown" };
  const cache = new LookupCache();
  const found = cache.lookup(note.process.pid);
  const states = {
    dead: "inherited",
    unknown: "owner-unknown",
    alive: isStopped(found) ? "stopped" : "held",
  } as const;
  const state = states[verify(note.process, cache)];
  return { ...base, state, pid: note.process.pid, ...nameOf(found), note };
}
