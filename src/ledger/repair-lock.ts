/** One repair at a time, and its last step: the finished ledger takes the damaged one's place (replace.ts). */
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

/** How long another process's repair is waited for. ms. */
const TIMEOUT_MS = 30_000;

/** Make the file at `path` unless it is there; no symbolic link is followed. @throws the system's error */
export const touch = (path: string): void =>
  closeSync(openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600));

/**
 * Run `body` while no other process repairs the ledger at `path`.
 *
 * The lock is a database of its own, because this room knows of no other locks: SQLite's are the system's, and end with
 * their process.
 */
export function whileRepairing<Result>(path: string, body: () => Result): Result {
  const lockPath = `${path}.repair`;
  touch(lockPath);
  // It is always empty: whatever is in it was put there by something else.
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

/** Put a finished ledger in the damaged one's place, if there is one. Only within `whileRepairing`. */
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
      // Whoever closed the ledger last has removed them; or the ledger itself was moved before a kill.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  renameSync(ready, path);
  syncDirectory(path);
}

/** Whether a repair was killed after its ledger was finished. */
export const hasReadyFile = (path: string): boolean => readyFile(path) !== undefined;

/** @returns a ledger that is finished and not in its place yet */
function readyFile(path: string): string | undefined {
  try {
    const start = `${basename(path)}.ready-`;
    const name = readdirSync(dirname(path)).find((each) => each.startsWith(start));
    return name && `${dirname(path)}/${name}`;
  } catch {
    // No directory: no ledger either.
    return undefined;
  }
}

/** See that renames beside `path` are on the disk. */
export function syncDirectory(path: string): void {
  const fd = openSync(dirname(path), "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
