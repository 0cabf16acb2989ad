/**
 * Opening the file that a lock is on.
 *
 * Two policies. A **private** lock lives in a directory of ours: it must be a regular file of ours with one link, or
 * somebody is playing tricks. A **path** was chosen by the user, may be anybody's file or a directory, and may be locked
 * by flock(1) as well; it is not even opened for writing. Neither follows a symlink at the end of the path, waits for the
 * other end of a FIFO, or changes what a file holds.
 */
import { effectiveUser, OPEN, openFile } from "../ffi/create.ts";
import { duplicate } from "../ffi/descriptor.ts";
import { close } from "../ffi/file.ts";
import { ERRNO, errorText } from "../ffi/library.ts";
import { FILE_TYPE, type FileFacts, fstat } from "../ffi/stat.ts";
import { LockError } from "./error.ts";
import { checkFileSystem } from "./filesystem.ts";

export type LockPolicy = "private" | "path";

/** An opened lock file, not locked yet. */
export interface LockFile {
  readonly fd: number;
  readonly facts: FileFacts;
}

const ON_MAC = process.platform === "darwin";
const COMMON = OPEN.NOFOLLOW | OPEN.NONBLOCK | OPEN.NOCTTY;

/** How to open a lock file. */
export interface OpenRequest {
  readonly policy: LockPolicy;
  /** Programs started later get the descriptor too, and with it a share in the lock. */
  readonly inheritable: boolean;
  /** Open a path's file for writing all the same, as NFS wants it for an exclusive lock. */
  readonly writing?: boolean;
}

/**
 * Open, and create if need be.
 * @returns undefined when the file was deleted meanwhile: try again
 * @throws LockError
 */
export function openLockFile(path: string, request: OpenRequest): LockFile | undefined {
  const { policy, inheritable } = request;
  const fd = openOrCreate(path, request);
  try {
    const facts = fstat(fd);
    if (!facts) throw new LockError("cannot-open", `cannot examine ${path}`);
    refuseWrongKind(path, facts, policy);
    if (facts.links === 0) {
      close(fd);
      return undefined;
    }
    checkFileSystem(fd, path);
    return { fd: inheritable && ON_MAC ? withoutCloseOnExec(fd) : fd, facts };
  } catch (error) {
    close(fd);
    throw error;
  }
}

function openOrCreate(path: string, { policy, inheritable, writing = false }: OpenRequest): number {
  const flags = COMMON | (inheritable ? 0 : OPEN.CLOEXEC);
  const access = policy === "private" || writing ? OPEN.RDWR : OPEN.RDONLY;
  const fd = openFile(path, access | OPEN.CREAT | flags, policy === "private" ? 0o600 : 0o666);
  if (fd >= 0) return fd;
  // A directory cannot be opened with O_CREAT, nor, in a sticky directory, another user's file.
  const without = policy === "path" && [ERRNO.EISDIR, ERRNO.EACCES, ERRNO.EROFS].includes(-fd);
  const again = without ? openFile(path, OPEN.RDONLY | flags, 0) : fd;
  if (again >= 0) return again;
  throw cannotOpen(path, policy, again === -ERRNO.ENOENT ? -fd : -again);
}

function cannotOpen(path: string, policy: LockPolicy, errno: number): LockError {
  if (errno === ERRNO.ELOOP)
    return new LockError("unsafe", `${path} is a symbolic link: it is not followed`, {
      hint: policy === "private" ? "remove it" : "name the file that it leads to",
      errno,
    });
  if (errno === ERRNO.EISDIR && policy === "private")
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
    const hint = policy === "private" ? "remove it, or name another lock" : "name a file or a directory";
    throw new LockError("unsafe", `${path} ${what}`, { hint });
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
