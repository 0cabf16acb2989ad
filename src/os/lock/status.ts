/**
 * Who holds a lock, without touching it.
 *
 * A probe with a shared lock would make somebody's `-n` fail in that instant. On Linux the kernel's own table,
 * /proc/locks, is read instead: device, inode and the pid that locked. The owner note adds what the kernel does not
 * tell, and is believed only if its process is verified and is the one in the table. macOS has no such table: there the
 * lock is tried and given back.
 */

import { OPEN, readStart } from "../ffi/create.ts";
import { close, openExisting } from "../ffi/file.ts";
import { flock, LOCK } from "../ffi/flock.ts";
import { ERRNO, errno, errorText } from "../ffi/library.ts";
import { readlink, readWhole } from "../ffi/read-whole.ts";
import { FILE_TYPE, type FileFacts, fstat } from "../ffi/stat.ts";
import { inInitialNamespace, type Lookup, LookupCache, pidNamespace, verify } from "../identity.ts";
import { lockShares, type Share } from "./descriptors.ts";
import { LockError } from "./error.ts";
import { noteBeside, readNoteAt } from "./note.ts";
import { decodeNote, NOTE_MAX_BYTES, type OwnerNote } from "./owner-note.ts";

/**
 * - free
 * - held: and the note's process is verified to be the holder
 * - stopped: held by a process that is stopped; it keeps the lock
 * - inherited: held by what a process started that has ended itself
 * - owner-unknown: held, and no note says by whom; `pid` is the kernel's word
 * - other-namespace: held by a process that has no pid here (another container), or seems to be
 */
export type LockState = "free" | "held" | "stopped" | "inherited" | "owner-unknown" | "other-namespace";

export interface LockStatus {
  readonly path: string;
  readonly state: LockState;
  readonly mode?: "exclusive" | "shared";
  /** Who locked, as the kernel or the note says. */
  readonly pid?: number;
  /** That process's name now. */
  readonly processName?: string;
  /** Who keeps an inherited lock, as far as can be seen. */
  readonly inheritors?: readonly number[];
  /** The holder's note, when it is the holder's. */
  readonly note?: OwnerNote;
  /** How many wait for it, as far as the kernel tells. */
  readonly waiting: number;
}

/** One line of /proc/locks that is about flock(2). */
export interface KernelLock {
  readonly waiting: boolean;
  readonly mode: "exclusive" | "shared";
  readonly pid: number;
  /** "major:minor" in hexadecimal, as the kernel writes it. */
  readonly device: string;
  readonly inode: string;
}

const LINE = /^\d+:\s+(->\s+)?FLOCK\s+\S+\s+(READ|WRITE)\s+(-?\d+)\s+([0-9a-f]+:[0-9a-f]+):(\d+)\s/;

/** Read the flock(2) lines of /proc/locks; others are passed over. */
export function parseLocks(text: string): KernelLock[] {
  return text.split("\n").flatMap((line) => {
    const match = LINE.exec(line);
    if (!match) return [];
    const [, arrow, access, pid, device = "", inode = ""] = match;
    return [
      {
        waiting: arrow !== undefined,
        mode: access === "WRITE" ? "exclusive" : "shared",
        pid: Number(pid),
        device,
        inode,
      },
    ];
  });
}

/**
 * Say who holds the lock on a file.
 * @param notes the folder of the notes that do not stand in the file itself
 * @throws LockError when the path is something that cannot be a lock, or may not be read
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
    const note = beside ?? decodeNote(readStart(fd, NOTE_MAX_BYTES));
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

/** Who the kernel's pid is, and whether the note is its own. */
function judge(
  pid: number,
  note: OwnerNote | undefined,
  facts: FileFacts,
): Omit<LockStatus, "path" | "waiting"> {
  const cache = new LookupCache();
  if (pid <= 0 || isElsewhere(pid, note)) return { state: "other-namespace", ...(note && { note }) };
  const process_ = cache.lookup(pid);
  const isNotes = note?.process.pid === pid;
  const verdict = isNotes ? verify(note.process, cache) : undefined;
  if (process_.kind === "gone" || verdict === "dead") return inherited(facts, isNotes ? note : undefined);
  const name = nameOf(process_);
  if (verdict === "alive")
    return { state: isStopped(process_) ? "stopped" : "held", ...name, note: note as OwnerNote };
  return { state: isStopped(process_) ? "stopped" : "owner-unknown", ...name };
}

/** Whether the note is of another pid namespace, and the kernel's pid is in that too, for all that can be seen. */
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
 * Nothing in the table. That is "free" where the table shows everything; in a container it leaves out the locks of
 * processes that have no pid there, and of those that have ended and left the lock to a child.
 */
function unlisted(path: string, facts: FileFacts, note: OwnerNote | undefined): LockStatus {
  const free: LockStatus = { path, state: "free", waiting: 0 };
  if (inInitialNamespace()) return free;
  const inheritors = pidsOf(lockShares(facts));
  if (inheritors.length > 0) return { ...free, state: "inherited", inheritors, ...(note && { note }) };
  const elsewhere = note?.process.namespace !== undefined && note.process.namespace !== pidNamespace();
  return elsewhere ? { ...free, state: "other-namespace", note } : free;
}

/**
 * The names that /proc/locks may have for the file's device: stat(2)'s, and its mount's, which differ on btrfs and in
 * overlays.
 */
function devicesOf(fd: number, facts: FileFacts): string[] {
  const { device } = facts;
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn);
  const own = `${hex(major)}:${hex(minor)}`;
  const id = /^mnt_id:\s*(\d+)$/m.exec(readWhole(`/proc/self/fdinfo/${fd}`) ?? "")?.[1];
  const mount = (readWhole("/proc/self/mountinfo") ?? "")
    .split("\n")
    .find((line) => line.split(" ", 1)[0] === id);
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
  const verdict = verify(note.process, cache);
  const found = cache.lookup(note.process.pid);
  const state =
    verdict === "dead"
      ? "inherited"
      : verdict === "unknown"
        ? "owner-unknown"
        : isStopped(found)
          ? "stopped"
          : "held";
  return { ...base, state, pid: note.process.pid, ...nameOf(found), note };
}
