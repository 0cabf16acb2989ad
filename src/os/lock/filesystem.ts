/**
 * Whether flock(2) can be trusted where a lock file lies.
 *
 * On a network file system a lock may hold on this machine only, depending on how it was mounted: two machines would
 * both get it. There we refuse, rather than pretend.
 */
import { fileSystemType } from "../ffi/pidfd.ts";
import { readWhole } from "../ffi/read-whole.ts";
import { LockError } from "./error.ts";

/** statfs(2) magic numbers of file systems whose files other machines may use at the same time. */
const REMOTE = new Set([
  0x6969n, // nfs
  0x517bn, // smbfs
  0xff534d42n, // cifs
  0xfe534d42n, // smb2
  0x01021997n, // 9p
  0x5346414fn, // afs
  0x73757245n, // coda
  0x564cn, // ncp
  0x65735546n, // fuse: what it is, the mount table says
]);

/** @throws LockError when locks on the open file may not hold between machines */
export function checkFileSystem(fd: number, path: string): void {
  const magic = process.platform === "linux" ? fileSystemType(fd) : undefined;
  if (magic === undefined || !REMOTE.has(magic)) return;
  const distrust = whyDistrusted(readWhole("/proc/self/mountinfo") ?? "", mountId(fd));
  if (distrust === undefined) return;
  throw new LockError("cannot-lock", `locks cannot be trusted at ${path}: ${distrust}`, {
    hint: "use a lock on a local file system (PLIMSOLL_STATE says where named locks are)",
  });
}

function mountId(fd: number): string | undefined {
  return /^mnt_id:\s*(\d+)$/m.exec(readWhole(`/proc/self/fdinfo/${fd}`) ?? "")?.[1];
}

/**
 * Judge a mount by its line of /proc/self/mountinfo.
 * @returns why its locks are not to be trusted, or undefined when they are
 */
export function whyDistrusted(mountInfo: string, id: string | undefined): string | undefined {
  const line = mountInfo.split("\n").find((each) => each.split(" ", 1)[0] === id);
  const [left, right] = line?.split(" - ") ?? [];
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
