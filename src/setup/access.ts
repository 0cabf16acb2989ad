/** The state directory and the lock, before anything is changed. */

import { reasonOf } from "../os/io/file.ts";
import { LockError } from "../os/lock/file.ts";
import { acquire, type Lock } from "../os/lock/flock.ts";
import { StateDirectoryError } from "../state/directory.ts";
import { type StatePaths, setupLock } from "../state/paths.ts";
import { SetupError } from "./errors.ts";
import { prepareStore } from "./store.ts";

/** How long another setup is waited for. Milliseconds. */
const PATIENCE_MS = 5_000;

/**
 * @returns the state's directories, made and ours
 * @throws SetupError
 */
export function requireStore(paths: StatePaths | undefined): StatePaths {
  const cannot = (why: string) =>
    new SetupError(
      "io",
      `there is no place for a backup: ${why}`,
      "set PLIMSOLL_STATE to a directory of yours; nothing was changed",
    );
  if (!paths) throw cannot("HOME is not set");
  try {
    prepareStore(paths);
    return paths;
  } catch (error) {
    if (error instanceof StateDirectoryError || (error as NodeJS.ErrnoException).code !== undefined)
      throw cannot(reasonOf(error));
    throw error;
  }
}

/**
 * A state that cannot be used must not keep anybody from removing the line; another setup at work must.
 * @throws SetupError
 */
export async function lockIfPossible(paths: StatePaths | undefined): Promise<Lock | undefined> {
  try {
    return await requireLock(requireStore(paths));
  } catch (error) {
    if (error instanceof SetupError && error.reason === "io") return undefined;
    throw error;
  }
}

/**
 * Wait for other setups to come to their end.
 * @throws SetupError
 */
export async function requireLock(paths: StatePaths): Promise<Lock> {
  let lock: Lock | undefined;
  try {
    lock = await acquire(setupLock(paths), { waitMs: PATIENCE_MS, command: "setup" });
  } catch (error) {
    if (!(error instanceof LockError)) throw error;
    throw new SetupError(
      "io",
      error.message,
      error.hint ?? "see to the state directory; nothing was changed",
    );
  }
  if (lock) return lock;
  throw new SetupError(
    "busy",
    `another setup has been at work for ${PATIENCE_MS / 1000} seconds`,
    "'plimsoll lock list' says who it is; nothing was changed",
  );
}
