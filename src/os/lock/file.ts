/**
 * Opening the file that a lock is on.
 *
 * Two policies. A **private** lock is in our own directory: it must be a regular file of ours with one link, or someone
 * has tampered with it. A **path** was chosen by the user, may be anyone's file or a directory, and may be locked by
 * flock(1) too; it is not even opened for writing. Neither follows a symlink at the end of the path, waits for the other
 * end of a FIFO, or changes the file's contents.
 */
import { close, duplicate, OPEN, openFile, readWhole } from "../ffi/file.ts";
import { ERRNO, errorText } from "../ffi/library.ts";
import { effectiveUser } from "../ffi/process.ts";
import { FILE_TYPE, type FileFacts, fileSystemType, fstat } from "../ffi/stat.ts";

/** Locking failed, for another reason than that the lock is held. */
export class LockError extends Error {
  /**
   * - cannot-open: the file cannot be opened or created
   * - unsafe: the path must not be used as a lock (a symlink, a hard link, a FIFO, another user's file)
   * - cannot-lock: the kernel or the file system refuses to lock
   */
  readonly reason: "cannot-open" | "unsafe" | "cannot-lock";
  /** How to fix it. */
  readonly hint: string | undefined;
  readonly errno: number | undefined;

  constructor(
    reason: LockError["reason"],
    message: string,
    { hint, errno }: { hint?: string; errno?: number } = {},
  ) {
    super(message);
    this.name = "LockError";
    this.reason = reason;
    this.hint = hint;
    this.errno = errno;
  }
}

export type LockPolicy = "private" | "path";

/** An open lock file, not locked yet. */
export interface LockFile {
  readonly fd: number;
  readonly facts: FileFacts;
}

/** How to open a lock file. */
export interface OpenRequest {
  readonly policy: LockPolicy;
  /** Programs started later inherit the descriptor, and with it the lock. */
  readonly inheritable: boolean;
  /** Open a path's file for writing too, which NFS requires for an exclusive lock. */
  readonly writing?: boolean;
}

const ON_MAC = process.platform === "darwin";
const COMMON = OPEN.NOFOLLOW | OPEN.NONBLOCK | OPEN.NOCTTY;

/**
 * Open the file, creating it if missing.
 * @returns undefined when the file was deleted meanwhile: retry
 * @throws LockError
 */
export function openLockFile(path: string, request: OpenRequest): LockFile | undefined {
  const { policy, inheritable } = request;
  const fd = openOrCreate(path, request);
  try {
    const facts = fstat(fd);
    if (!facts) throw new LockError("cannot-open", `cannot examine ${path}`);
    checkKind(path, facts, policy);
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
  // O_CREAT fails on a directory and, in a sticky directory, on another user's file.
  const retry = policy === "path" && [ERRNO.EISDIR, ERRNO.EACCES, ERRNO.EROFS].includes(-fd);
  const existing = retry ? openFile(path, OPEN.RDONLY | flags, 0) : fd;
  if (existing >= 0) return existing;
  throw cannotOpen(path, policy, existing === -ERRNO.ENOENT ? -fd : -existing);
}

function cannotOpen(path: string, policy: LockPolicy, errno: number): LockError {
  const unsafe = (what: string, hint: string) => new LockError("unsafe", `${path} ${what}`, { hint, errno });
  if (errno === ERRNO.ELOOP)
    return unsafe(
      "is a symbolic link: it is not followed",
      policy === "private" ? "remove it" : "use the path of its target",
    );
  if (errno === ERRNO.EISDIR && policy === "private") return unsafe("is a directory", "remove it");
  if (errno === ERRNO.ENXIO) return unsafe("is not a regular file", "remove it, or choose another path");
  return new LockError("cannot-open", `cannot open lock file ${path}: ${errorText(errno)}`, { errno });
}

function checkKind(path: string, facts: FileFacts, policy: LockPolicy): void {
  const type = facts.mode & FILE_TYPE.mask;
  const refuse = (what: string) => {
    const hint = policy === "private" ? "remove it, or choose another lock" : "use a file or a directory";
    throw new LockError("unsafe", `${path} ${what}`, { hint });
  };
  if (policy === "path") {
    if (type !== FILE_TYPE.regular && type !== FILE_TYPE.directory)
      refuse("is neither a file nor a directory");
    return;
  }
  if (type !== FILE_TYPE.regular) refuse("is not a regular file");
  if (facts.owner !== effectiveUser()) refuse(`belongs to another user (uid ${facts.owner})`);
  if (facts.links > 1) refuse(`has ${facts.links} hard links: a lock file has one`);
}

/** On macOS the runtime creates the file and marks it close-on-exec; a duplicate is not marked. */
function withoutCloseOnExec(fd: number): number {
  const copy = duplicate(fd);
  if (copy < 0) return fd;
  close(fd);
  return copy;
}

/** statfs(2) magic numbers of file systems that other machines may use at the same time. */
const REMOTE = new Set([
  0x6969n, // nfs
  0x517bn, // smbfs
  0xff534d42n, // cifs
  0xfe534d42n, // smb2
  0x01021997n, // 9p
  0x5346414fn, // afs
  0x73757245n, // coda
  0x564cn, // ncp
  0x65735546n, // fuse: the mount table has the actual type
]);

/**
 * Refuse network file systems where a lock may only hold on this machine, depending on the mount options: two machines
 * would both get it.
 * @throws LockError
 */
function checkFileSystem(fd: number, path: string): void {
  const magic = process.platform === "linux" ? fileSystemType(fd) : undefined;
  if (magic === undefined || !REMOTE.has(magic)) return;
  const distrust = whyDistrusted(readWhole("/proc/self/mountinfo") ?? "", mountId(fd));
  if (distrust === undefined) return;
  throw new LockError("cannot-lock", `locks are not reliable at ${path}: ${distrust}`, {
    hint: "use a lock on a local file system (PLIMSOLL_STATE sets where named locks are)",
  });
}

/** @returns the id of an open file's mount in /proc/self/mountinfo, or undefined */
export const mountId = (fd: number): string | undefined =>
  /^mnt_id:\s*(\d+)$/m.exec(readWhole(`/proc/self/fdinfo/${fd}`) ?? "")?.[1];

/** @returns a mount's line of the text of /proc/self/mountinfo, or undefined */
export const mountLine = (mountInfo: string, id: string | undefined): string | undefined =>
  mountInfo.split("\n").find((line) => line.split(" ", 1)[0] === id);

/**
 * Judge a mount by its line of /proc/self/mountinfo.
 * @returns why its locks are unreliable, or undefined when they are reliable
 */
export function whyDistrusted(mountInfo: string, id: string | undefined): string | undefined {
  const [left, right] = mountLine(mountInfo, id)?.split(" - ") ?? [];
  const type = right?.split(" ")[0];
  if (id === undefined || left === undefined || type === undefined) return "it is a network file system";
  const options = new Set(`${left.split(" ")[5] ?? ""},${right?.split(" ")[2] ?? ""}`.split(","));
  if (/^nfs4?$/.test(type)) {
    const local = ["nolock", "local_lock=flock", "local_lock=all"].find((each) => options.has(each));
    return local && `NFS is mounted with '${local}'`;
  }
  if (/^(cifs|smb3)$/.test(type)) return options.has("nobrl") ? `${type} is mounted with 'nobrl'` : undefined;
  if (/^fuse\.(sshfs|rclone|s3fs|gcsfuse|davfs)/.test(type)) return `it is a network file system (${type})`;
  if (/^(9p|afs|coda|ncpfs|smbfs)$/.test(type)) return `it is a network file system (${type})`;
  return undefined;
}
