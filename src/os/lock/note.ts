/**
 * The owner note: what a lock's holder records about itself, for people and for `lock status`. It is never the lock.
 *
 * The lock is what the kernel holds. A note may be missing, torn, old or another program's data: then the owner is
 * unknown, nothing worse. A holder that is killed leaves its note behind; the next holder overwrites it.
 *
 * A private lock's note is in the lock file itself. A file that the user named is data, even when it is empty or new: the
 * command may fill it, append to it, or read it as a database. We never write to it; its note is a file in our own
 * directory, named by device and inode.
 */
import { close, OPEN, openFile, readStart, removeFile, truncate, writeStart } from "../ffi/file.ts";
import { flock, LOCK } from "../ffi/flock.ts";
import { hostName } from "../ffi/process.ts";
import type { FileFacts } from "../ffi/stat.ts";
import { identifySelf, type ProcessRecord } from "../identity.ts";
import { leadsTo } from "../io/file.ts";
import { formatRfc3339, parseRfc3339 } from "../time.ts";

/** Increase it when readers of this version would misread new notes. */
const NOTE_VERSION = 1;

/** A note is one line of JSON of at most this size, so that one pwrite(2) writes it whole. */
const NOTE_MAX_BYTES = 1024;
const COMMAND_MAX_CHARS = 300;

export interface OwnerNote {
  readonly process: ProcessRecord;
  readonly host: string;
  readonly command: string;
  /** Unix ms. */
  readonly sinceMs: number;
}

/** @returns this process's note, or undefined where the system does not identify it */
export function ownNote(command: string, nowMs: number): OwnerNote | undefined {
  const self = identifySelf();
  return self && { process: self, host: hostName(), command, sinceMs: nowMs };
}

/** @returns a note as one line of at most `NOTE_MAX_BYTES` */
export function encodeNote({ process, host, command, sinceMs }: OwnerNote): Uint8Array {
  const fields = {
    plimsollLock: NOTE_VERSION,
    ...process,
    host: host.slice(0, 64),
    since: formatRfc3339(sinceMs),
    command: command.slice(0, COMMAND_MAX_CHARS),
  };
  const encoder = new TextEncoder();
  const bytes = encoder.encode(`${JSON.stringify(fields)}\n`);
  return bytes.length <= NOTE_MAX_BYTES
    ? bytes
    : encoder.encode(`${JSON.stringify({ ...fields, command: "" })}\n`);
}

/** @returns the note in a file's first bytes, or undefined when they are anything else */
function decodeNote(bytes: Uint8Array): OwnerNote | undefined {
  const fields = parseObject(new TextDecoder().decode(bytes));
  if (!fields || fields.plimsollLock !== NOTE_VERSION) return undefined;
  const { pid, start, bootId, inode, namespace, host, command, since } = fields;
  const sinceMs = parseRfc3339(since);
  if (!Number.isSafeInteger(pid) || (pid as number) <= 0) return undefined;
  if (typeof start !== "string" || typeof bootId !== "string" || sinceMs === undefined) return undefined;
  return {
    process: {
      pid: pid as number,
      start,
      bootId,
      ...(typeof inode === "string" && { inode }),
      ...(typeof namespace === "string" && { namespace }),
    },
    host: typeof host === "string" ? host : "",
    command: typeof command === "string" ? command : "",
    sinceMs,
  };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // not a note: the owner is unknown
  }
}

/** In the lock file, open for writing; or in a file of its own. */
export type NotePlace = { readonly fd: number } | { readonly path: string };

/** @returns the path of the note for a file that is not ours */
export const noteBeside = (folder: string, { device, inode }: FileFacts): string =>
  `${folder}/${device.toString(16)}-${inode}.note`;

/** A sweep holds a note for less than a millisecond; if it is stopped meanwhile, the note is lost, nothing more. */
const MAX_ROUNDS = 20;
const PAUSE_MS = 2;

const SAFELY = OPEN.NOFOLLOW | OPEN.NONBLOCK | OPEN.NOCTTY | OPEN.CLOEXEC;

/** @returns a descriptor of a note's file for reading, or the negated errno */
export const openNote = (path: string): number => openFile(path, OPEN.RDONLY | SAFELY, 0);

/** Write a note. @returns whether it was written whole: a full disk or a missing directory only costs the note */
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

function write(fd: number, bytes: Uint8Array): boolean {
  truncate(fd);
  const whole = writeStart(fd, bytes);
  if (!whole) truncate(fd);
  return whole;
}

/** Remove a note. Only the lock's holder may. */
export function clearNote(place: NotePlace): void {
  if ("fd" in place) truncate(place.fd);
  else removeFile(place.path);
}

/** @returns the note in an open file, or undefined */
export const readNote = (fd: number): OwnerNote | undefined => decodeNote(readStart(fd, NOTE_MAX_BYTES));

/** @returns the note in a file of its own, or undefined */
export function readNoteAt(path: string): OwnerNote | undefined {
  const fd = openNote(path);
  if (fd < 0) return undefined;
  const note = readNote(fd);
  close(fd);
  return note;
}
