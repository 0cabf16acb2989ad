/** Serializes repairs, and takes their last step: the new ledger replaces the damaged one (replace.ts). */
import { Database } from "bun:sqlite";
import {
  closeSync,
  constants,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname } from "node:path";
import { isBusy, LedgerError } from "./errors.ts";

/** How long to wait for a repair by another process. ms. */
const TIMEOUT_MS = 30_000;

/** Create the file at `path` if missing; symbolic links are not followed. @throws the system's error */
export const touch = (path: string): void =>
  closeSync(openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600));

/**
 * Run `body` while no other process repairs the ledger at `path`.
 *
 * The lock is an SQLite database: its locks are the system's, and end with the process.
 */
export function whileRepairing<Result>(path: string, body: () => Result): Result {
  const lockPath = `${path}.repair`;
  touch(lockPath);
  // Always empty, unless another program wrote to it.
  if (statSync(lockPath).size > 0) rmSync(lockPath);
  using lock = new Database(lockPath, { readwrite: true, create: true, strict: true });
  lock.run(`pragma busy_timeout = ${TIMEOUT_MS}`);
  try {
    lock.run("begin exclusive");
  } catch (error) {
    if (!isBusy(error)) throw error;
    throw new LedgerError(`${path} is being repaired by another process: try again`, { cause: error });
  }
  try {
    return body();
  } finally {
    lock.run("rollback");
  }
}

/** Replace the ledger by a finished new one, if there is one. Only within `whileRepairing`. */
export function finishReplacing(path: string): void {
  const ready = readyFile(path);
  if (ready === undefined) return;
  const aside = ready.replace(".ready-", ".damaged-");
  // The log first: a new ledger beside an old log would take the log for its own.
  for (const suffix of ["-wal", "-shm", ""]) {
    if (statSync(aside + suffix, { throwIfNoEntry: false })) continue;
    try {
      renameSync(path + suffix, aside + suffix);
    } catch (error) {
      // Removed when the ledger was last closed; or the ledger was moved before a kill.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  renameSync(ready, path);
  syncDirectory(path);
}

/** Whether a repair was killed after its ledger was finished. */
export const hasReadyFile = (path: string): boolean => readyFile(path) !== undefined;

/** A new ledger that is finished and not in place yet. */
function readyFile(path: string): string | undefined {
  try {
    const start = `${basename(path)}.ready-`;
    const name = readdirSync(dirname(path)).find((each) => each.startsWith(start));
    return name && `${dirname(path)}/${name}`;
  } catch {
    // There is no directory, and no ledger.
    return undefined;
  }
}

/** Sync renames beside `path` to disk. */
export function syncDirectory(path: string): void {
  const fd = openSync(dirname(path), "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
