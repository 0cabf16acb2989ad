/**
 * The directory of the test's files, in the first place that supports everything the program needs.
 *
 * It is private (0700, an unpredictable name), and removed at the end. If a test is killed, the next one in the same place
 * removes its directory once its lock is free, because its owner has ended, and it is older than a test can be.
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
import { SELFTEST_DEADLINE_MS } from "../state/timeouts.ts";

const PREFIX = "plimsoll-selftest-";
/** A name by mkdtemp(3); directories of `--keep` have one more hyphen. */
const REMOVABLE = /^plimsoll-selftest-[A-Za-z0-9]{6}$/;
/** Older than the longest test. Milliseconds. */
const ABANDONED_MS = 3 * SELFTEST_DEADLINE_MS;
/** What the test needs, with a margin. */
const NEEDED_BYTES = 1 << 20;

export interface SelftestDirectory {
  /** Absolute, symlinks resolved. */
  readonly path: string;
  /** Remove it, unless `--keep` was given. @returns the error, if any */
  leave(): string | undefined;
}

/** No place supports what the program needs. */
export class NoPlaceError extends Error {
  readonly hint = "set TMPDIR to a writable directory";

  /** @param tries each place and its error */
  constructor(tries: readonly string[]) {
    super(`no writable directory: ${tries.join("; ")}`);
    this.name = "NoPlaceError";
  }
}

/** Candidates for the parent directory. */
export const placesOf = (env: Readonly<Record<string, string | undefined>>): string[] => [
  ...new Set(
    [env.TMPDIR, "/tmp", "/dev/shm", "/var/tmp", env.XDG_RUNTIME_DIR, "."].filter(
      (each) => each !== undefined && each !== "",
    ) as string[],
  ),
];

/**
 * Create the directory in the first place that supports it.
 * @throws NoPlaceError
 */
export function makeDirectory(places: readonly string[], keep: boolean): SelftestDirectory {
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

function makeIn(parent: string, keep: boolean): SelftestDirectory {
  removeAbandoned(parent);
  const path = mkdtempSync(join(parent, keep ? `${PREFIX}kept-` : PREFIX));
  try {
    requireSpace(path);
    const lock = lockOf(path);
    return { path, leave: () => leave(path, lock, keep) };
  } catch (error) {
    rmSync(path, { recursive: true, force: true });
    throw error;
  }
}

const lockOf = (path: string): Lock | undefined => tryLock(join(path, "alive.lock"));

/** Detects a full disk, so that steps do not fail for it. node:fs reports it by a short count only. */
function requireSpace(path: string): void {
  const file = join(path, "space");
  const fd = openSync(file, "wx", 0o600);
  try {
    const written = writeSync(fd, new Uint8Array(NEEDED_BYTES));
    if (written < NEEDED_BYTES) throw new Error(`no space for ${NEEDED_BYTES >> 10} KiB`);
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
      // A time in the future comes from a wrong clock.
      if (!isOurs || Math.abs(Date.now() - facts.mtimeMs) < ABANDONED_MS) continue;
      using lock = lockOf(path);
      if (lock) rmSync(path, { recursive: true });
    } catch (error) {
      // Another test is removing it, or it is something else: skip it.
      if (!(error instanceof LockError) && (error as NodeJS.ErrnoException).code === undefined) throw error;
    }
  }
}

/** The system's message without the path: "EROFS: read-only file system". */
const reason = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split(", ")[0] ?? "";
