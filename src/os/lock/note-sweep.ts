/**
 * Removing the notes of path locks whose holders were killed. A holder removes its own note and the next one replaces it,
 * but the note of a file that is never locked again would stay forever.
 *
 * A note is removed while it is locked, and writers lock it too (note.ts): the note of a new holder is never removed.
 */
import { close, readWhole, removeFile } from "../ffi/file.ts";
import { flock, LOCK } from "../ffi/flock.ts";
import { fstat } from "../ffi/stat.ts";
import { inInitialNamespace, verify } from "../identity.ts";
import { entryNames } from "../io/entries.ts";
import { leadsTo } from "../io/file.ts";
import { type FileIdentity, lockShares } from "./descriptors.ts";
import { openNote, readNote } from "./note.ts";
import { parseLocks } from "./status.ts";

/** How long to keep a note when it is unknown whether the lock is held. Milliseconds. */
const KEEP_UNKNOWN_MS = 7 * 24 * 60 * 60 * 1000;

const NAME = /^(-?[0-9a-f]+)-(\d+)\.note$/;

/**
 * Remove the notes of locks that are no longer held.
 * @param now Unix ms
 * @returns how many were removed
 */
export function sweepNotes(folder: string, now: number): number {
  let swept = 0;
  for (const name of entryNames(folder)) {
    const match = NAME.exec(name);
    if (!match) continue;
    const file = { device: parseHex(match[1] as string), inode: BigInt(match[2] as string) };
    if (sweepNote(`${folder}/${name}`, file, now)) swept++;
  }
  return swept;
}

function sweepNote(path: string, file: FileIdentity, now: number): boolean {
  const fd = openNote(path);
  if (fd < 0) return false;
  try {
    if (flock(fd, LOCK.EX | LOCK.NB) !== 0 || !leadsTo(path, fd)) return false;
    return isAbandoned(fd, file, now) && removeFile(path) === 0;
  } finally {
    close(fd);
  }
}

function isAbandoned(fd: number, file: FileIdentity, now: number): boolean {
  const note = readNote(fd);
  const liveness = note ? verify(note.process) : "unknown";
  if (liveness === "alive") return false;
  const isOld = now - (fstat(fd)?.modifiedMs ?? now) > KEEP_UNKNOWN_MS;
  const held = isHeld(file);
  return held === undefined ? isOld : !held && (liveness === "dead" || isOld);
}

/** Whether any process holds a lock on the file, such as one that inherited it; undefined when unknown. */
function isHeld(file: FileIdentity): boolean | undefined {
  const table = readWhole("/proc/locks");
  if (table === undefined) return undefined;
  // The table may show another device than stat(2): the inode alone decides, in favour of keeping the note.
  if (parseLocks(table).some(({ inode }) => inode === file.inode.toString())) return true;
  // In a container the table omits the locks of processes without a pid there.
  return !inInitialNamespace() && lockShares(file).length > 0;
}

const parseHex = (text: string): bigint =>
  text.startsWith("-") ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`);
