/** Replacing a settings file, with a backup and a record of what it held. */
import { accessSync, constants, existsSync, mkdirSync, rmdirSync, unlinkSync } from "node:fs";
import { dirname } from "node:path";
import { reasonOf } from "../os/io/file.ts";
import { quoteForShell } from "../os/shell.ts";
import type { StatePaths } from "../state/paths.ts";
import { removeLeftovers, replaceDurably, syncDirectory } from "./durable-file.ts";
import { SetupError } from "./errors.ts";
import { digest, readRecord, type SetupRecord, writeRecord } from "./record.ts";
import { writeBackup } from "./store.ts";
import { isSame, readTarget, type SettingsTarget } from "./target.ts";

export interface WriteResult {
  /** The backup's path; undefined when there was no file. */
  readonly backup?: string;
  /** Why the backup is missing. */
  readonly backupError?: string;
}

/**
 * Write a settings file that contains our line.
 * @param original what `setup --remove` restores
 * @returns undefined when another process changed the file since it was read: nothing was done
 * @throws SetupError
 */
export function writeSettings(
  paths: StatePaths,
  target: SettingsTarget,
  bytes: Uint8Array,
  original: Uint8Array | undefined,
): WriteResult | undefined {
  return withSetupErrors(`cannot write ${target.path}`, "check the disk and the permissions", () => {
    requireReplaceable(target);
    if (!isUnchanged(target)) return undefined;
    const before = readRecord(paths, target.file);
    const missing = missingDirectories(dirname(target.file));
    const { file, found } = target;
    const written = [digest(bytes), ...(found ? [digest(found.bytes)] : [])];
    // The state directory's disk may be full while the settings' is not.
    const backup = withSetupErrors(
      `cannot write a backup to ${paths.root}`,
      "free some space there, or set PLIMSOLL_STATE to a directory on another disk",
      () => {
        const path = found && writeBackup(paths, file, found.bytes, Date.now());
        writeRecord(paths, file, {
          original,
          madeDirectories: [...(original === undefined ? (before?.madeDirectories ?? []) : []), ...missing],
          // The present bytes are ours too, if they were derived from the same original.
          written: before?.written.includes(written[1] ?? "") ? written : written.slice(0, 1),
        });
        return path;
      },
    );
    for (const directory of missing) mkdirSync(directory);
    return replace(target, bytes) ? { ...(backup === undefined ? {} : { backup }) } : undefined;
  });
}

/**
 * Restore a settings file. An unusable state directory only costs the backup: removing the line must always work.
 * @param bytes undefined: there was no file
 * @returns undefined when another process changed the file since it was read: nothing was done
 * @throws SetupError
 */
export function restoreSettings(
  paths: StatePaths | undefined,
  target: SettingsTarget,
  bytes: Uint8Array | undefined,
  record: SetupRecord | undefined,
): WriteResult | undefined {
  return withSetupErrors(`cannot write ${target.path}`, "check the disk and the permissions", () => {
    requireReplaceable(target);
    if (!isUnchanged(target)) return undefined;
    const result = tryBackup(paths, target);
    if (bytes !== undefined) return replace(target, bytes) ? result : undefined;
    // Again: the backup took time.
    if (!isUnchanged(target)) return undefined;
    removeFile(target, record?.madeDirectories ?? []);
    return result;
  });
}

function tryBackup(paths: StatePaths | undefined, { file, found }: SettingsTarget): WriteResult {
  if (!paths) return { backupError: "HOME is not set" };
  try {
    return found ? { backup: writeBackup(paths, file, found.bytes, Date.now()) } : {};
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return { backupError: reasonOf(error) };
  }
}

function replace(target: SettingsTarget, bytes: Uint8Array): boolean {
  removeLeftovers(target.file, Date.now());
  const facts = target.found?.facts;
  const attributes = facts && { mode: facts.mode & 0o7777, uid: facts.uid, gid: facts.gid };
  return replaceDurably(target.file, bytes, attributes, () => isUnchanged(target));
}

const isUnchanged = (target: SettingsTarget): boolean => isSame(readTarget(target.path), target);

function removeFile({ file }: SettingsTarget, madeDirectories: readonly string[]): void {
  removeLeftovers(file, Date.now());
  unlinkSync(file);
  syncDirectory(dirname(file));
  for (const directory of [...madeDirectories].reverse()) {
    try {
      rmdirSync(directory);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // In use by others now, or already removed.
      if (code !== "ENOTEMPTY" && code !== "EEXIST" && code !== "ENOENT") throw error;
    }
  }
}

/** rename(2) ignores hard links and permissions of the file it replaces: check both. */
function requireReplaceable({ path, file, found }: SettingsTarget): void {
  if (!found) return;
  if (found.facts.nlink > 1)
    throw new SetupError(
      "refused",
      `${path} has ${found.facts.nlink} hard links: replacing it would detach the others`,
      "make it a symbolic link to the file to change",
    );
  try {
    accessSync(file, constants.W_OK);
    if ((found.facts.mode & 0o222) === 0) throw Object.assign(new Error(), { code: "EACCES" });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EACCES" && code !== "EPERM") throw error;
    if ((found.facts.mode & 0o200) !== 0)
      throw new SetupError(
        "io",
        `${path} belongs to user ${found.facts.uid} and is not writable`,
        "run setup as that user",
      );
    throw new SetupError(
      "io",
      `${path} is not writable`,
      `if that is not intended: chmod u+w ${quoteForShell(file)}`,
    );
  }
}

/** @returns the directories to create, outermost first */
function missingDirectories(directory: string): string[] {
  return existsSync(directory) ? [] : [...missingDirectories(dirname(directory)), directory];
}

/** Convert system errors to SetupErrors. */
function withSetupErrors<Result>(what: string, hint: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    if (error instanceof SetupError || (error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new SetupError("io", `${what}: ${reasonOf(error)}`, hint);
  }
}
