/**
 * Opening the file that a lock is on.
 *
 * Two policies. A **private** lock lives in a directory of ours: it must be a regular file of ours with one link, or
 * somebody is playing tricks. A **path** was chosen by the user, may be anybody's file or a directory, and may be locked
 * by flock(1) as well. Neither follows a symlink at the end of the path, waits for the other end of a FIFO, or changes
 * what a file holds.
 */
import { effectiveUser, OPEN, openFile, readStart } from "./libc/create.ts";
import { duplicate } from "./libc/descriptor.ts";
import { close } from "./libc/file.ts";
import { ERRNO, errorText } from "./libc/library.ts";
import { FILE_TYPE, type FileFacts, fstat } from "./libc/stat.ts";
import { LockError } from "./lock-error.ts";
import { checkFileSystem } from "./lock-filesystem.ts";
import { isOursToWrite, NOTE_MAX_BYTES } from "./owner-note.ts";

export type LockPolicy = "private" | "path";

/** An opened lock file, not locked yet. */
export interface LockFile {
  readonly fd: number;
  /** Whether an owner note may be written into it. */
  readonly takesNote: boolean;
}

const ON_MAC = process.platform === "darwin";
const COMMON = OPEN.NOFOLLOW | OPEN.NONBLOCK | OPEN.NOCTTY;

/**
 * Open, and create if need be.
 * @param inheritable programs started later get the descriptor too, and with it a share in the lock
 * @returns undefined when the file was deleted meanwhile: try again
 * @throws LockError
 */
export function openLockFile(path: string, policy: LockPolicy, inheritable: boolean): LockFile | undefined {
  const flags = COMMON | (inheritable ? 0 : OPEN.CLOEXEC);
  const { fd, writable } = openEither(path, policy, flags);
  try {
    const facts = fstat(fd);
    if (!facts) throw new LockError("cannot-open", `cannot examine ${path}`);
    refuseWrongKind(path, facts, policy);
    if (facts.links === 0) {
      close(fd);
      return undefined;
    }
    checkFileSystem(fd, path);
    const takesNote = writable && (policy === "private" || isOursToWrite(readStart(fd, NOTE_MAX_BYTES)));
    return { fd: inheritable && ON_MAC ? withoutCloseOnExec(fd) : fd, takesNote };
  } catch (error) {
    close(fd);
    throw error;
  }
}

function openEither(path: string, policy: LockPolicy, flags: number): { fd: number; writable: boolean } {
  const fd = openFile(path, OPEN.RDWR | OPEN.CREAT | flags, policy === "private" ? 0o600 : 0o666);
  if (fd >= 0) return { fd, writable: true };
  const readingWillDo = [-ERRNO.EISDIR, -ERRNO.EACCES, -ERRNO.EROFS, -ERRNO.EPERM].includes(fd);
  const again = policy === "path" && readingWillDo ? openFile(path, OPEN.RDONLY | flags, 0) : fd;
  if (again >= 0) return { fd: again, writable: false };
  throw cannotOpen(path, policy, -fd);
}

function cannotOpen(path: string, policy: LockPolicy, errno: number): LockError {
  if (errno === ERRNO.ELOOP)
    return new LockError("unsafe", `${path} is a symbolic link: it is not followed`, {
      hint: policy === "private" ? "remove it" : "name the file that it leads to",
      errno,
    });
  if (errno === ERRNO.EISDIR)
    return new LockError("unsafe", `${path} is a directory`, { hint: "remove it", errno });
  if (errno === ERRNO.ENXIO)
    return new LockError("unsafe", `${path} is no regular file`, {
      hint: "remove it, or name another",
      errno,
    });
  return new LockError("cannot-open", `cannot open lock file ${path}: ${errorText(errno)}`, { errno });
}

function refuseWrongKind(path: string, facts: FileFacts, policy: LockPolicy): void {
  const type = facts.mode & FILE_TYPE.mask;
  const refuse = (what: string) => {
    throw new LockError("unsafe", `${path} ${what}`, { hint: "remove it, or name another lock" });
  };
  if (policy === "path") {
    if (type !== FILE_TYPE.regular && type !== FILE_TYPE.directory)
      refuse("is neither a file nor a directory");
    return;
  }
  if (type !== FILE_TYPE.regular) refuse("is no regular file");
  if (facts.owner !== effectiveUser()) refuse(`belongs to another user (uid ${facts.owner})`);
  if (facts.links > 1) refuse(`has ${facts.links} hard links: a lock file has one`);
}

/** On macOS a file is created through the runtime, which marks it close-on-exec; a duplicate is not marked. */
function withoutCloseOnExec(fd: number): number {
  const copy = duplicate(fd);
  if (copy < 0) return fd;
  close(fd);
  return copy;
}
