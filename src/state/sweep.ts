/**
 * Retention: old files are removed, so that the state directory stays small. The ledger is never touched.
 *
 * A state file is removed under its scope's lock, and a lock file while it is held: a process that waits for it compares
 * path and descriptor once it has the lock, and retries (os/lock/flock.ts).
 *
 * A modification time in the future comes from a wrong clock. The file gets the present time, so that it is neither kept
 * forever nor removed while in use.
 */
import { lstatSync, lutimesSync, unlinkSync } from "node:fs";
import { tryLock } from "../os/lock/flock.ts";
import { sweepNotes } from "../os/lock/note-sweep.ts";
import { isTemporaryName, namesIn } from "./directory.ts";
import type { ScopeName } from "./parts.ts";
import { backupsDirectory, recordsDirectory, SCOPE_FOLDERS, type StatePaths, sweepLock } from "./paths.ts";
import { SWEEP_MS } from "./timeouts.ts";

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

/** How long a file is kept after its last write. Milliseconds. */
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

/** A file's time may be this far ahead: file servers have their own clocks. Milliseconds. */
const SLACK_MS = 60_000;

/**
 * Sweep, unless another process does, or one did within the hour.
 * @param force sweep now, without a time limit
 * @returns how many files were removed
 */
export function sweep(paths: StatePaths, now: number, { force = false } = {}): number {
  const lockPath = sweepLock(paths);
  // Every sweep writes to the lock file: its time is that of the last sweep.
  const age = ageOf(lockPath, now);
  if (!force && age !== undefined && age <= INTERVAL_MS && age >= -SLACK_MS) return 0;
  using lock = tryLock(lockPath, { command: "gather: sweep" });
  if (!lock) return 0;
  const endAt = performance.now() + (force ? Number.POSITIVE_INFINITY : SWEEP_MS);
  const isTime = () => performance.now() < endAt;
  return (
    sweepStates(paths, "session", now, isTime) +
    sweepStates(paths, "repo", now, isTime) +
    sweepStates(paths, "account", now, isTime) +
    (isExpired(paths.lastPayload, RETENTION.payload, now) ? remove(paths.lastPayload) : 0) +
    sweepLeftovers(paths, now) +
    sweepLocks(paths, now, isTime) +
    sweepNotes(paths.locks, now)
  );
}

function sweepStates(paths: StatePaths, scope: ScopeName, now: number, isTime: () => boolean): number {
  const folder = paths[SCOPE_FOLDERS[scope]];
  let swept = 0;
  for (const name of namesIn(folder)) {
    if (!isTime()) break;
    const file = `${folder}/${name}`;
    if (!name.endsWith(".json") || !isExpired(file, RETENTION[scope], now)) continue;
    using lock = tryLock(`${paths.locks}/${scope}-${name.slice(0, -".json".length)}.lock`);
    if (!lock || !isOlder(file, RETENTION[scope], now)) continue;
    swept += remove(file);
    remove(lock.path);
  }
  return swept;
}

/** @returns the files that killed writers left: older than an hour, so that none is in use */
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

function sweepLeftovers(paths: StatePaths, now: number): number {
  for (const file of temporaries(paths)) isExpired(file, RETENTION.temporary, now);
  return leftovers(paths, now).reduce((swept, file) => swept + remove(file), 0);
}

/** Only the locks of scopes: locks that users named are theirs. */
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
    // Gone already, or on a read-only disk: the next sweep retries.
    return 0;
  }
}

/** A file's age, negative for a time in the future; undefined for a missing file. Milliseconds. */
function ageOf(file: string, now: number): number | undefined {
  const modified = lstatSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return modified === undefined ? undefined : now - modified;
}

function isOlder(file: string, age: number, now: number): boolean {
  const actual = ageOf(file, now);
  return actual !== undefined && actual > age;
}

/** Like `isOlder`; a file dated in the future gets the present time. */
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
    // Gone already, or on a read-only disk: the next sweep retries.
  }
}
