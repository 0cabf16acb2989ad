/**
 * Atomic file replacement: the file has its old bytes or its new ones, also after a power cut.
 *
 * Temporary file in the same directory, fsync(2), rename(2), fsync(2) of the directory. The temporary file's name
 * identifies its writer, so that files left by killed writers can be removed.
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

/** Attributes to keep from the old file. */
export interface FileAttributes {
  /** Permission bits. */
  readonly mode: number;
  readonly uid?: number;
  readonly gid?: number;
}

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * @param attributes undefined: a new file, under the user's umask
 * @param isUnchanged called immediately before the rename
 * @returns false when `isUnchanged` did: the file was not replaced
 * @throws the system's error; the file is unchanged
 */
export function replaceDurably(
  file: string,
  bytes: Uint8Array,
  attributes: FileAttributes | undefined,
  isUnchanged: () => boolean = () => true,
): boolean {
  const temporary = join(dirname(file), temporaryName(basename(file)));
  const fd = openSync(temporary, CREATE, attributes?.mode ?? 0o666);
  try {
    try {
      writeAll(fd, bytes);
      if (attributes) applyAttributes(fd, attributes);
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

/** Owner first: fchown(2) clears the set-ID bits. */
function applyAttributes(fd: number, { mode, uid, gid }: FileAttributes): void {
  const now = fstatSync(fd);
  if ((uid !== undefined && uid !== now.uid) || (gid !== undefined && gid !== now.gid))
    fchownSync(fd, uid ?? now.uid, gid ?? now.gid);
  fchmodSync(fd, mode);
}

/** Persist a rename. Ignores file systems that cannot sync a directory. */
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
    // Report the first error; the next setup removes the file.
  }
}

/** A pid is reused: boot id and start time make it unique. */
function temporaryName(name: string): string {
  const self = identifySelf();
  const start = (self?.start ?? "unknown").replace(/[^\w.]/g, ".");
  return `.${name}.plimsoll-${process.pid}-${start}-${self?.bootId ?? ""}.tmp`;
}

/** After this a writer that cannot be verified (in another container) counts as dead. Milliseconds. */
const MAX_WRITE_MS = 60 * 60 * 1000;

/** Remove the temporary files that killed writers of `file` left. @param now Unix milliseconds */
export function removeLeftovers(file: string, now: number): void {
  const directory = dirname(file);
  for (const name of readdirSync(directory)) {
    const writer = readTemporaryName(name, basename(file));
    if (!writer) continue;
    const path = join(directory, name);
    const verdict = verify(writer);
    const age = now - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now);
    // abs: the clock may have been wrong.
    if (verdict === "alive" || (verdict === "unknown" && Math.abs(age) < MAX_WRITE_MS)) continue;
    discard(path);
  }
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
