/**
 * Replacing a file so that nothing is ever lost: the old bytes or the new ones are there, whole, also after a power cut.
 *
 * A temporary file in the same directory, fsync(2), rename(2), fsync(2) of the directory. The temporary file's name says
 * which process writes it, so that what a killed one left is known by its dead writer.
 */
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  statSync,
  unlinkSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { identifySelf, verify } from "../os/identity.ts";
import { writeAll } from "../state/write.ts";

/** What the new file is to have of the old one. */
export interface Looks {
  /** Permission bits. */
  readonly mode: number;
  readonly uid?: number;
  readonly gid?: number;
}

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * @param looks undefined: a new file, with the permissions that the user's umask leaves
 * @param isUnchanged asked right before the file is replaced
 * @returns false when it is not unchanged: then nothing was done
 * @throws the system's error; the file is then as it was
 */
export function replaceDurably(
  file: string,
  bytes: Uint8Array,
  looks: Looks | undefined,
  isUnchanged: () => boolean = () => true,
): boolean {
  const temporary = join(dirname(file), temporaryName(basename(file)));
  const fd = openSync(temporary, CREATE, looks?.mode ?? 0o666);
  try {
    try {
      writeAll(fd, bytes);
      if (looks) dress(fd, looks);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    if (!isUnchanged()) {
      unlinkSync(temporary);
      return false;
    }
    renameSync(temporary, file);
  } catch (error) {
    discard(temporary);
    throw error;
  }
  syncDirectory(dirname(file));
  return true;
}

/** The owner first: changing it takes special bits away. */
function dress(fd: number, { mode, uid, gid }: Looks): void {
  const now = fstatSync(fd);
  if ((uid !== undefined && uid !== now.uid) || (gid !== undefined && gid !== now.gid))
    fchownSync(fd, uid ?? now.uid, gid ?? now.gid);
  fchmodSync(fd, mode);
}

/** So that the rename survives a power cut. Some file systems cannot do that for a directory. */
export function syncDirectory(directory: string): void {
  const fd = openSync(directory, constants.O_RDONLY);
  try {
    fsyncSync(fd);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EINVAL" && code !== "ENOTSUP") throw error;
  } finally {
    closeSync(fd);
  }
}

function discard(temporary: string): void {
  try {
    unlinkSync(temporary);
  } catch {
    // The first error is the one to report; what is left here the next setup clears away.
  }
}

/** Boot and start time go with the pid, which alone says nothing. */
function temporaryName(name: string): string {
  const self = identifySelf();
  const start = (self?.start ?? "unknown").replace(/[^\w.]/g, ".");
  return `.${name}.plimsoll-${process.pid}-${start}-${self?.bootId ?? ""}.tmp`;
}

/** A writer that cannot be seen from here (another container's) is done after this long. Milliseconds. */
const LONGEST_WRITE_MS = 60 * 60 * 1000;

/** Clear away what killed writers of `file` have left beside it. @returns the paths that went */
export function clearLeftovers(file: string, now: number): string[] {
  const directory = dirname(file);
  const gone: string[] = [];
  for (const name of readdirSync(directory)) {
    const writer = readTemporaryName(name, basename(file));
    if (!writer) continue;
    const path = join(directory, name);
    const verdict = verify(writer);
    const age = now - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now);
    // A time in the future comes from a clock that was wrong.
    if (verdict === "alive" || (verdict === "unknown" && Math.abs(age) < LONGEST_WRITE_MS)) continue;
    discard(path);
    gone.push(path);
  }
  return gone;
}

function readTemporaryName(
  name: string,
  of: string,
): { pid: number; start: string; bootId: string } | undefined {
  const head = `.${of}.plimsoll-`;
  if (!name.startsWith(head)) return undefined;
  const parts = /^(\d+)-([\w.]+)-([\w-]*)\.tmp$/.exec(name.slice(head.length));
  return parts ? { pid: Number(parts[1]), start: parts[2] as string, bootId: parts[3] as string } : undefined;
}
