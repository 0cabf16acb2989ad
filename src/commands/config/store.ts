/**
 * Writing the files of the configuration: one change at a time, each file atomically, with its permissions and owner.
 */
import { accessSync, constants, lstatSync, mkdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";
import { printable } from "../../cli/characters.ts";
import { CommandError, EXIT } from "../../cli/errors.ts";
import { reasonOf } from "../../os/io/file.ts";
import { readRegularFile } from "../../os/io/regular-file.ts";
import { LockError } from "../../os/lock/file.ts";
import { acquire, type Lock } from "../../os/lock/flock.ts";
import { removeLeftovers, replaceDurably } from "../../setup/durable-file.ts";

/** How long to wait for another change of the configuration. ms. */
const WAIT_MS = 5_000;

/**
 * Run `change`, which reads and writes the configuration, while no other process changes it.
 *
 * The lock is on the directory of the file: a lock on the file would be on the one that is replaced. Where locks do not
 * work, the change is made without one.
 * @param change writes what it has read: it must not wait in between
 * @throws CommandError: 75 when another process holds the lock for too long, 74 without a directory
 */
export async function whileChanging<Result>(path: string, change: () => Result): Promise<Result> {
  const directory = dirname(targetOf(path) ?? path);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw ioError(`cannot write ${printable(path)}`, error);
  }
  using _ = await lockDirectory(directory, path);
  return change();
}

/** @returns undefined where locks do not work */
async function lockDirectory(directory: string, path: string): Promise<Lock | undefined> {
  try {
    const lock = await acquire(directory, { policy: "path", waitMs: WAIT_MS });
    if (lock) return lock;
  } catch (error) {
    if (error instanceof LockError) return undefined;
    throw error;
  }
  throw new CommandError(`another process is changing ${printable(path)}: nothing was written`, {
    exitCode: EXIT.conflict,
    hint: `it has a lock on ${printable(directory)}; try again when it has ended`,
  });
}

/**
 * Replace the configuration. A symlink stays, and the file that it leads to is replaced.
 * @returns where the previous version was kept; undefined when there was none
 * @throws the system's error; the file is unchanged
 */
export function replaceConfig(path: string, text: string, limit: number): string | undefined {
  const target = targetOf(path);
  const bytes = Buffer.from(text);
  if (target === undefined) {
    // Replacing the link would break the owner's layout of files.
    if (lstatSync(path, { throwIfNoEntry: false })) throw new Error("it is a link to a missing file");
    replaceFile(path, bytes, undefined);
    return undefined;
  }
  // rename(2) would replace it all the same.
  accessSync(target, constants.W_OK);
  const before = readRegularFile(target, { limit });
  const backup = `${target}.bak`;
  replaceFile(backup, before.bytes, before.facts);
  replaceFile(target, bytes, before.facts);
  return backup;
}

/** Replace a file beside the configuration. @throws the system's error; the file is unchanged */
export const replaceBeside = (path: string, text: string): void =>
  replaceFile(path, Buffer.from(text), statSync(path, { throwIfNoEntry: false }));

/** @param like has the permissions and, where this user may set it, the owner; undefined: 0600 */
function replaceFile(path: string, bytes: Uint8Array, like: Stats | undefined): void {
  removeLeftovers(path, Date.now());
  const mode = like === undefined ? 0o600 : like.mode & 0o777;
  try {
    replaceDurably(path, bytes, like === undefined ? { mode } : { mode, uid: like.uid, gid: like.gid });
  } catch (error) {
    if (like === undefined || (error as NodeJS.ErrnoException).code !== "EPERM") throw error;
    replaceDurably(path, bytes, { mode });
  }
}

/** @returns the path without symlinks; undefined for a missing file */
function targetOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** @returns an error of the file system for the user */
export const ioError = (what: string, error: unknown): CommandError =>
  new CommandError(`${what}: ${reasonOf(error)}`, { exitCode: EXIT.io });
