/** What setup keeps in the state directory to undo its change: lock, records, backups. Never beside the settings. */
import { lstatSync, readdirSync, unlinkSync } from "node:fs";
import { basename, dirname } from "node:path";
import { reasonOf } from "../os/io/file.ts";
import { LockError } from "../os/lock/file.ts";
import { acquire, type Lock } from "../os/lock/flock.ts";
import { quoteForShell } from "../os/shell.ts";
import { preparePrivateDirectory, prepareStateDirectory, StateDirectoryError } from "../state/directory.ts";
import { backupsDirectory, recordsDirectory, type StatePaths, setupLock } from "../state/paths.ts";
import { SETUP_WAIT_MS } from "../state/timeouts.ts";
import { replaceDurably } from "./durable-file.ts";
import { SetupError } from "./errors.ts";

/** Per settings file. */
const MAX_BACKUPS = 10;

/**
 * Create the directories, 0700, or check that they are private.
 * @throws SetupError
 */
export function requireStore(paths: StatePaths | undefined): StatePaths {
  const fail = (why: string) =>
    new SetupError("io", `no directory for a backup: ${why}`, "set PLIMSOLL_STATE to a directory you own");
  if (!paths) throw fail("HOME is not set");
  try {
    prepareStateDirectory(paths);
    preparePrivateDirectory(recordsDirectory(paths));
    preparePrivateDirectory(backupsDirectory(paths));
    return paths;
  } catch (error) {
    if (error instanceof StateDirectoryError || (error as NodeJS.ErrnoException).code !== undefined)
      throw fail(reasonOf(error));
    throw error;
  }
}

/**
 * As `requireLock`, but an unusable state directory is no error: it must not prevent removing the line.
 * @throws SetupError when another setup holds the lock
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
 * Wait for other setups to finish.
 * @throws SetupError
 */
export async function requireLock(paths: StatePaths): Promise<Lock> {
  let lock: Lock | undefined;
  try {
    lock = await acquire(setupLock(paths), { waitMs: SETUP_WAIT_MS, command: "setup" });
  } catch (error) {
    if (!(error instanceof LockError)) throw error;
    throw new SetupError("io", error.message, error.hint ?? "check the state directory");
  }
  if (lock) return lock;
  throw new SetupError(
    "busy",
    `another setup has been running for ${SETUP_WAIT_MS / 1000} seconds`,
    "'plimsoll lock list' shows its process",
  );
}

/**
 * Back up a settings file, 0600, and remove the oldest backups beyond `MAX_BACKUPS`.
 * @param file the settings file, without symlinks
 * @param now Unix milliseconds
 * @returns the backup's path
 * @throws the system's error
 */
export function writeBackup(paths: StatePaths, file: string, bytes: Uint8Array, now: number): string {
  const directory = backupsDirectory(paths);
  const prefix = `${keyOf(file)}-`;
  const time = new Date(now).toISOString().replace(/[-:]/g, "");
  const path = `${directory}/${prefix}${time}-${basename(file)}`;
  replaceDurably(path, bytes, { mode: 0o600 });
  const all = readdirSync(directory).filter((name) => name.startsWith(prefix));
  for (const name of all.sort().slice(0, -MAX_BACKUPS)) unlinkSync(`${directory}/${name}`);
  return path;
}

/** @returns a file name for what belongs to a settings file: letters and digits only */
export const keyOf = (file: string): string =>
  new Bun.CryptoHasher("sha256").update(file).digest("hex").slice(0, 24);

/**
 * Detect a setup with sudo in another user's home: root then owns the state directory, and that user's renders cannot
 * use it.
 * @param root the state directory
 */
export function rootOwnedWarning(root: string): { text: string; hint: string } | undefined {
  if (process.geteuid?.() !== 0 || ownerOf(root) !== 0) return undefined;
  let top = root;
  while (dirname(top) !== top && ownerOf(dirname(top)) === 0) top = dirname(top);
  const user = ownerOf(dirname(top));
  if (user === undefined || user === 0) return undefined;
  return {
    text: `root owns ${top}, in a directory of user ${user}, who cannot use it`,
    hint: `restore its owner with 'chown -R ${user} ${quoteForShell(top)}', and run setup without sudo`,
  };
}

const ownerOf = (path: string): number | undefined => lstatSync(path, { throwIfNoEntry: false })?.uid;
