/**
 * Removing the notes of path locks whose holders were killed. A holder removes its own note, and the next one replaces
 * it; a file that is never locked again would keep it for ever.
 *
 * A note is removed while it is locked, and whoever writes one locks it too (lock-note.ts): a note that a new holder has
 * just written is never removed.
 */
import { readdirSync } from "node:fs";
import { OPEN, openFile, readStart } from "../ffi/create.ts";
import { removeFile } from "../ffi/directory.ts";
import { close } from "../ffi/file.ts";
import { flock, LOCK } from "../ffi/flock.ts";
import { readWhole } from "../ffi/read-whole.ts";
import { fstat } from "../ffi/stat.ts";
import { inInitialNamespace, verify } from "../identity.ts";
import { leadsTo } from "../io/same-file.ts";
import { type FileIdentity, lockShares } from "./descriptors.ts";
import { decodeNote, NOTE_MAX_BYTES } from "./owner-note.ts";
import { parseLocks } from "./status.ts";

/** Where it cannot be known whether the lock is held, a note is kept as long as this. Milliseconds. */
const KEEP_UNKNOWN_MS = 7 * 24 * 60 * 60 * 1000;

const NAME = /^(-?[0-9a-f]+)-(\d+)\.note$/;

/**
 * Remove the notes of locks that nobody holds any more.
 * @param now Unix ms
 * @returns how many were removed
 */
export function sweepNotes(folder: string, now: number): number {
  let swept = 0;
  for (const name of namesIn(folder)) {
    const match = NAME.exec(name);
    if (!match) continue;
    const file = { device: parseHex(match[1] as string), inode: BigInt(match[2] as string) };
    if (sweepNote(`${folder}/${name}`, file, now)) swept++;
  }
  return swept;
}

function sweepNote(path: string, file: FileIdentity, now: number): boolean {
  const fd = openFile(path, OPEN.RDONLY | OPEN.NOFOLLOW | OPEN.NONBLOCK | OPEN.NOCTTY | OPEN.CLOEXEC, 0);
  if (fd < 0) return false;
  try {
    if (flock(fd, LOCK.EX | LOCK.NB) !== 0 || !leadsTo(path, fd)) return false;
    return isAbandoned(fd, file, now) && removeFile(path) === 0;
  } finally {
    close(fd);
  }
}

function isAbandoned(fd: number, file: FileIdentity, now: number): boolean {
  const note = decodeNote(readStart(fd, NOTE_MAX_BYTES));
  const verdict = note ? verify(note.process) : "unknown";
  if (verdict === "alive") return false;
  const isOld = now - (fstat(fd)?.modifiedMs ?? now) > KEEP_UNKNOWN_MS;
  const held = isHeld(file);
  return held === undefined ? isOld : !held && (verdict === "dead" || isOld);
}

/** Whether anybody holds a lock on the file, as an heir of the note's process may; undefined where that is not known. */
function isHeld(file: FileIdentity): boolean | undefined {
  const table = readWhole("/proc/locks");
  if (table === undefined) return undefined;
  // The table may name another device than stat(2) does: the inode alone decides, in favour of the note.
  if (parseLocks(table).some(({ inode }) => inode === file.inode.toString())) return true;
  // In a container the table leaves out the locks of processes that have no pid there.
  return !inInitialNamespace() && lockShares(file).length > 0;
}

const parseHex = (text: string): bigint =>
  text.startsWith("-") ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`);

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // no lock was ever made
  }
}
