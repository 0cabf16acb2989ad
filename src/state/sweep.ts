/**
 * Retention: what nobody has written for long goes, so that the state directory stays small.
 *
 * A state file is taken away under its scope's lock, and a lock file while it is held: whoever waits for it compares
 * path and descriptor once it has the lock, and begins again (process/flock.ts). The ledger is never touched.
 *
 * A time in the future comes from a clock that was wrong: it says nothing about the file's age. The file gets the present
 * time, so that it is not kept for good and not removed while it is in use.
 */
import { lstatSync, lutimesSync, unlinkSync } from "node:fs";
import { tryLock } from "../os/lock/flock.ts";
import { sweepNotes } from "../os/lock/note-sweep.ts";
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

/** A sweep within a pass ends after this long, and the next one goes on. Milliseconds. */
const MAX_MS = 2_000;

/** A file's time may be this far ahead of the clock: file servers have clocks of their own. Milliseconds. */
const SLACK_MS = 60_000;

/**
 * Sweep, unless somebody does or did within the hour.
 * @returns how many files went
 */
export function sweep(paths: StatePaths, now: number, { force = false } = {}): number {
  const lockPath = sweepLock(paths);
  // The lock's note is written and cleared at every sweep: the file's time is the last sweep's.
  const age = ageOf(lockPath, now);
  if (!force && age !== undefined && age <= INTERVAL_MS && age >= -SLACK_MS) return 0;
  using lock = tryLock(lockPath, { command: "gather: sweep" });
  if (!lock) return 0;
  const endAt = performance.now() + (force ? Number.POSITIVE_INFINITY : MAX_MS);
  const isTime = () => performance.now() < endAt;
  return (
    sweepStates(paths, "session", paths.sessions, now, isTime) +
    sweepStates(paths, "repo", paths.repos, now, isTime) +
    sweepStates(paths, "account", paths.accounts, now, isTime) +
    (isExpired(paths.lastPayload, RETENTION.payload, now) ? remove(paths.lastPayload) : 0) +
    sweepLeftovers(paths, now) +
    sweepLocks(paths, now, isTime) +
    sweepNotes(paths.locks, now)
  );
}

function sweepStates(
  paths: StatePaths,
  scope: "session" | "repo" | "account",
  folder: string,
  now: number,
  isTime: () => boolean,
): number {
  let swept = 0;
  for (const name of namesIn(folder)) {
    if (!isTime()) break;
    const file = `${folder}/${name}`;
    if (!name.endsWith(".json") || !isExpired(file, RETENTION[scope], now)) continue;
    using lock = tryLock(lockOf(paths, scope, file));
    if (!lock || !isOlder(file, RETENTION[scope], now)) continue;
    swept += remove(file);
    remove(lock.path);
  }
  return swept;
}

/** @returns the files that a writer left lying about when it was killed: older than an hour, so that none is in use */
export const leftovers = (paths: StatePaths, now: number): string[] =>
  temporaries(paths).filter((file) => isOlder(file, RETENTION.temporary, now));

const temporaries = (paths: StatePaths): string[] =>
  [
    paths.root,
    paths.sessions,
    paths.repos,
    paths.accounts,
    recordsDirectory(paths),
    backupsDirectory(paths),
  ].flatMap((folder) =>
    namesIn(folder)
      .filter(isTemporaryName)
      .map((name) => `${folder}/${name}`),
  );

/** Remove the leftovers. @returns how many files went */
function sweepLeftovers(paths: StatePaths, now: number): number {
  for (const file of temporaries(paths)) isExpired(file, RETENTION.temporary, now);
  return leftovers(paths, now).reduce((swept, file) => swept + remove(file), 0);
}

/** Only the locks of scopes, of which there may be many: names that users chose are theirs. */
function sweepLocks(paths: StatePaths, now: number, isTime: () => boolean): number {
  let swept = 0;
  for (const name of namesIn(paths.locks)) {
    if (!isTime()) break;
    const file = `${paths.locks}/${name}`;
    if (!/^(session|repo|account)-[^/]+\.lock$/.test(name) || !isExpired(file, RETENTION.lock, now)) continue;
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

/** How long ago a file was written, negative for a time in the future; undefined when there is none. Milliseconds. */
function ageOf(file: string, now: number): number | undefined {
  const modified = lstatSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return modified === undefined ? undefined : now - modified;
}

function isOlder(file: string, age: number, now: number): boolean {
  const actual = ageOf(file, now);
  return actual !== undefined && actual > age;
}

/** Whether a file is older than it is kept. One that is dated in the future gets the present time. */
function isExpired(file: string, age: number, now: number): boolean {
  const actual = ageOf(file, now);
  if (actual === undefined) return false;
  if (actual < -SLACK_MS) correctTime(file, now);
  return actual > age;
}

function correctTime(file: string, now: number): void {
  try {
    lutimesSync(file, now / 1_000, now / 1_000);
  } catch {
    // Gone already, or on a read-only disk: the next sweep tries again.
  }
}
