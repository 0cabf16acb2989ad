/**
 * A directory for the test's files: the first place of the usual ones in which everything that the program needs works.
 *
 * It is ours alone (0700, a name that nobody can guess), and it goes when the test ends. A test that is killed leaves
 * it behind; the next one in the same place removes it, when its lock is free (whoever made it has ended) and it is
 * older than a test can be.
 */
import {
  closeSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { LockError } from "../os/lock/file.ts";
import { type Lock, tryLock } from "../os/lock/flock.ts";

const PREFIX = "plimsoll-selftest-";
/** What mkdtemp(3) makes of it; a directory that is to be kept has another hyphen in its name. */
const REMOVABLE = /^plimsoll-selftest-[A-Za-z0-9]{6}$/;
/** Older than the longest test. Milliseconds. */
const ABANDONED_MS = 60_000;
/** As much as the test needs, with a margin. */
const ROOM_BYTES = 1 << 20;

export interface Place {
  /** Absolute, symlinks resolved. */
  readonly path: string;
  /** Remove it, unless it is to be kept. @returns why that was not possible */
  leave(): string | undefined;
}

/** None of the places will do. */
export class NoPlaceError extends Error {
  readonly hint = "set TMPDIR to a writable directory";

  /** @param tries each place and why it will not do */
  constructor(tries: readonly string[]) {
    super(`there is no place to write to: ${tries.join("; ")}`);
    this.name = "NoPlaceError";
  }
}

/** Where to look, in this order. `.`: the directory that we are in. */
export const placesOf = (env: Readonly<Record<string, string | undefined>>): string[] => [
  ...new Set(
    [env.TMPDIR, "/tmp", "/dev/shm", "/var/tmp", env.XDG_RUNTIME_DIR, "."].filter(
      (each) => each !== undefined && each !== "",
    ) as string[],
  ),
];

/**
 * Make the directory in the first of the places that will do.
 * @throws NoPlaceError
 */
export function makePlace(places: readonly string[], keep: boolean): Place {
  const tries: string[] = [];
  for (const place of places) {
    try {
      return makeIn(realpathSync(place), keep);
    } catch (error) {
      tries.push(`${place} (${reason(error)})`);
    }
  }
  throw new NoPlaceError(tries);
}

function makeIn(parent: string, keep: boolean): Place {
  removeAbandoned(parent);
  const path = mkdtempSync(join(parent, keep ? `${PREFIX}kept-` : PREFIX));
  try {
    requireRoom(path);
    const lock = lockOf(path);
    return { path, leave: () => leave(path, lock, keep) };
  } catch (error) {
    rmSync(path, { recursive: true, force: true });
    throw error;
  }
}

const lockOf = (path: string): Lock | undefined => tryLock(join(path, "alive.lock"));

/** A full disk is seen before anything is judged by it. node:fs says it by a short count only. */
function requireRoom(path: string): void {
  const file = join(path, "room");
  const fd = openSync(file, "wx", 0o600);
  try {
    const written = writeSync(fd, new Uint8Array(ROOM_BYTES));
    if (written < ROOM_BYTES) throw new Error(`no room for ${ROOM_BYTES >> 10} KiB`);
  } finally {
    closeSync(fd);
  }
  rmSync(file);
}

function leave(path: string, lock: Lock | undefined, keep: boolean): string | undefined {
  try {
    if (!keep) rmSync(path, { recursive: true });
    return undefined;
  } catch (error) {
    return reason(error);
  } finally {
    lock?.release();
  }
}

function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent).filter((each) => REMOVABLE.test(each))) {
    const path = join(parent, name);
    try {
      const facts = lstatSync(path);
      const isOurs = facts.isDirectory() && facts.uid === process.geteuid?.();
      // A time in the future comes from a clock that was wrong.
      if (!isOurs || Math.abs(Date.now() - facts.mtimeMs) < ABANDONED_MS) continue;
      using lock = lockOf(path);
      if (lock) rmSync(path, { recursive: true });
    } catch (error) {
      // Another test removes it in this instant, or it is not what it seems. Neither is this test's business.
      if (!(error instanceof LockError) && (error as NodeJS.ErrnoException).code === undefined) throw error;
    }
  }
}

/** @returns the system's words, without the path: "EROFS: read-only file system" */
const reason = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split(", ")[0] ?? "";
