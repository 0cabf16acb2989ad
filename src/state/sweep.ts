/**
 * Retention: what nobody has written for long goes, so that the state directory stays small.
 *
 * A state file is taken away under its scope's lock, and a lock file while it is held: whoever waits for it compares
 * path and descriptor once it has the lock, and begins again (process/flock.ts). The ledger is never touched.
 */
import { statSync, unlinkSync } from "node:fs";
import { tryLock } from "../process/flock.ts";
import { sweepNotes } from "../process/lock-note-sweep.ts";
import { lockOf, sweepLock } from "./locks.ts";
import { isTemporaryName, namesIn } from "./own.ts";
import type { StatePaths } from "./paths.ts";
import { backupsDirectory, recordsDirectory } from "./setup-paths.ts";

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

/** How long something is kept after it was last written. Milliseconds. */
const RETENTION = {
  session: 7 * DAY,
  repo: 7 * DAY,
  account: 30 * DAY,
  payload: 7 * DAY,
  lock: 7 * DAY,
  temporary: HOUR,
} as const;

/** Sweeping more often finds nothing. */
const INTERVAL_MS = HOUR;

/**
 * Sweep, unless somebody does or did within the hour.
 * @returns how many files went
 */
export function sweep(paths: StatePaths, now: number, { force = false } = {}): number {
  const lockPath = sweepLock(paths);
  // The lock's note is written and cleared at every sweep: the file's time is the last sweep's.
  if (!force && !isOlder(lockPath, INTERVAL_MS, now) && isThere(lockPath)) return 0;
  using lock = tryLock(lockPath, { command: "gather: sweep" });
  if (!lock) return 0;
  return (
    sweepStates(paths, "session", paths.sessions, now) +
    sweepStates(paths, "repo", paths.repos, now) +
    sweepStates(paths, "account", paths.accounts, now) +
    (isOlder(paths.lastPayload, RETENTION.payload, now) ? remove(paths.lastPayload) : 0) +
    sweepLeftovers(paths, now) +
    sweepLocks(paths, now) +
    sweepNotes(paths.locks, now)
  );
}

function sweepStates(
  paths: StatePaths,
  scope: "session" | "repo" | "account",
  folder: string,
  now: number,
): number {
  let swept = 0;
  for (const name of namesIn(folder)) {
    const file = `${folder}/${name}`;
    if (!name.endsWith(".json") || !isOlder(file, RETENTION[scope], now)) continue;
    using lock = tryLock(lockOf(paths, scope, file));
    if (!lock || !isOlder(file, RETENTION[scope], now)) continue;
    swept += remove(file);
    remove(lock.path);
  }
  return swept;
}

/** @returns the files that a writer left lying about when it was killed: older than an hour, so that none is in use */
export function leftovers(paths: StatePaths, now: number): string[] {
  return [
    paths.root,
    paths.sessions,
    paths.repos,
    paths.accounts,
    recordsDirectory(paths),
    backupsDirectory(paths),
  ].flatMap((folder) =>
    namesIn(folder)
      .filter(isTemporaryName)
      .map((name) => `${folder}/${name}`)
      .filter((file) => isOlder(file, RETENTION.temporary, now)),
  );
}

/** Remove the leftovers. @returns how many files went */
const sweepLeftovers = (paths: StatePaths, now: number): number =>
  leftovers(paths, now).reduce((swept, file) => swept + remove(file), 0);

/** Only the locks of scopes, of which there may be many: names that users chose are theirs. */
function sweepLocks(paths: StatePaths, now: number): number {
  let swept = 0;
  for (const name of namesIn(paths.locks)) {
    const file = `${paths.locks}/${name}`;
    if (!/^(session|repo|account)-[^/]+\.lock$/.test(name) || !isOlder(file, RETENTION.lock, now)) continue;
    using lock = tryLock(file);
    if (lock) swept += remove(file);
  }
  return swept;
}

function remove(file: string): number {
  try {
    unlinkSync(file);
    return 1;
  } catch {
    // Gone already, or on a read-only disk: the next sweep tries again.
    return 0;
  }
}

const isThere = (file: string): boolean => statSync(file, { throwIfNoEntry: false }) !== undefined;

function isOlder(file: string, age: number, now: number): boolean {
  const modified = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return modified !== undefined && now - modified > age;
}
