/**
 * Where a lock's owner note stands.
 *
 * A private lock's file is ours alone: the note is what it holds. A file that the user named is data, also when it is
 * empty or new: the command may fill it, append to it, or take what stands in it for a database. Not a byte is written
 * there; its note stands in a folder of ours, under the file's device and inode.
 */
import { OPEN, openFile, readStart, truncate, writeStart } from "../ffi/create.ts";
import { removeFile } from "../ffi/directory.ts";
import { close } from "../ffi/file.ts";
import { flock, LOCK } from "../ffi/flock.ts";
import type { FileFacts } from "../ffi/stat.ts";
import { leadsTo } from "../io/same-file.ts";
import { decodeNote, NOTE_MAX_BYTES, type OwnerNote } from "./owner-note.ts";

/** In the lock file, open for writing; or in a file of its own. */
export type NotePlace = { readonly fd: number } | { readonly path: string };

/** @returns the place of the note of a file that is not ours */
export const noteBeside = (folder: string, { device, inode }: FileFacts): string =>
  `${folder}/${device.toString(16)}-${inode}.note`;

/** Write a note. @returns whether it stands there whole: a full disk, or no folder for it, costs the note only */
export function putNote(place: NotePlace, bytes: Uint8Array): boolean {
  if ("fd" in place) return write(place.fd, bytes);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const fd = openFile(place.path, OPEN.WRONLY | OPEN.CREAT | SAFELY, 0o600);
    if (fd < 0) return false;
    // A sweep locks the note while it decides whether to remove it.
    const isOurs = flock(fd, LOCK.EX | LOCK.NB) === 0 && leadsTo(place.path, fd);
    const isWhole = isOurs && write(fd, bytes);
    close(fd);
    if (isOurs) return isWhole;
    Bun.sleepSync(PAUSE_MS);
  }
  return false;
}

/** A sweep takes less than a millisecond for a note; one that is stopped meanwhile costs the note only. */
const MAX_ROUNDS = 20;
const PAUSE_MS = 2;

const SAFELY = OPEN.NOFOLLOW | OPEN.NONBLOCK | OPEN.NOCTTY | OPEN.CLOEXEC;

function write(fd: number, bytes: Uint8Array): boolean {
  truncate(fd);
  const whole = writeStart(fd, bytes);
  if (!whole) truncate(fd);
  return whole;
}

/** Take a note away. Only the lock's holder may. */
export function clearNote(place: NotePlace): void {
  if ("fd" in place) truncate(place.fd);
  else removeFile(place.path);
}

/** @returns the note in a file of its own, or undefined when there is none that can be read */
export function readNoteAt(path: string): OwnerNote | undefined {
  const fd = openFile(path, OPEN.RDONLY | SAFELY, 0);
  if (fd < 0) return undefined;
  const note = decodeNote(readStart(fd, NOTE_MAX_BYTES));
  close(fd);
  return note;
}
