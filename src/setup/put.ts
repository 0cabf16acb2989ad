/** Putting new bytes in a settings file's place, with a backup and a record of what was there. */
import { accessSync, constants, existsSync, mkdirSync, rmdirSync, unlinkSync } from "node:fs";
import { dirname } from "node:path";
import { quoteForShell } from "../claude/line-command.ts";
import { reasonOf } from "../os/io/file.ts";
import type { StatePaths } from "../state/paths.ts";
import { keepBackup } from "./backup.ts";
import { clearLeftovers, replaceDurably, syncDirectory } from "./durable-file.ts";
import { SetupError } from "./errors.ts";
import { digest, readRecord, type SetupRecord, writeRecord } from "./record.ts";
import { isSame, readTarget, type Target } from "./target.ts";

/** What was done. */
export interface Put {
  /** Where the bytes before are kept; undefined when there was no file. */
  readonly backup?: string;
  /** Why they are not kept. */
  readonly withoutBackup?: string;
}

/**
 * Write a settings file that has our line in it.
 * @param original what `setup --remove` is to give back
 * @returns undefined when somebody else changed the file since it was read: nothing was done
 * @throws SetupError
 */
export function putOurs(
  paths: StatePaths,
  target: Target,
  bytes: Uint8Array,
  original: Uint8Array | undefined,
): Put | undefined {
  return guarded(target, () => {
    requireReplaceable(target);
    if (!isUnchanged(target)) return undefined;
    const before = readRecord(paths, target.file);
    const missing = missingDirectories(dirname(target.file));
    const { file, found } = target;
    const written = [digest(bytes), ...(found ? [digest(found.bytes)] : [])];
    const backup = inStore(paths, () => {
      const path = found && keepBackup(paths, file, found.bytes, Date.now());
      writeRecord(paths, file, {
        original,
        madeDirectories: [...(original === undefined ? (before?.madeDirectories ?? []) : []), ...missing],
        // What is there now is ours as well, if it came from the same original.
        written: before?.written.includes(written[1] ?? "") ? written : written.slice(0, 1),
      });
      return path;
    });
    for (const directory of missing) mkdirSync(directory);
    return replace(target, bytes) ? { ...(backup === undefined ? {} : { backup }) } : undefined;
  });
}

/**
 * Give a settings file back as it was before us. A state that cannot be used costs the backup only: whoever wants to be
 * rid of the line must be able to.
 * @param bytes undefined: there was no file
 * @returns undefined when somebody else changed the file since it was read: nothing was done
 * @throws SetupError
 */
export function putBack(
  paths: StatePaths | undefined,
  target: Target,
  bytes: Uint8Array | undefined,
  record: SetupRecord | undefined,
): Put | undefined {
  return guarded(target, () => {
    requireReplaceable(target);
    if (!isUnchanged(target)) return undefined;
    const kept = tryBackup(paths, target);
    if (bytes !== undefined) return replace(target, bytes) ? kept : undefined;
    // Keeping the backup took a moment.
    if (!isUnchanged(target)) return undefined;
    removeFile(target, record?.madeDirectories ?? []);
    return kept;
  });
}

function tryBackup(paths: StatePaths | undefined, { file, found }: Target): Put {
  if (!paths) return { withoutBackup: "there is no place for it: HOME is not set" };
  try {
    return found ? { backup: keepBackup(paths, file, found.bytes, Date.now()) } : {};
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return { withoutBackup: reasonOf(error) };
  }
}

function replace(target: Target, bytes: Uint8Array): boolean {
  clearLeftovers(target.file, Date.now());
  const facts = target.found?.facts;
  const looks = facts && { mode: facts.mode & 0o7777, uid: facts.uid, gid: facts.gid };
  return replaceDurably(target.file, bytes, looks, () => isUnchanged(target));
}

const isUnchanged = (target: Target): boolean => isSame(readTarget(target.path), target);

function removeFile({ file }: Target, madeDirectories: readonly string[]): void {
  clearLeftovers(file, Date.now());
  unlinkSync(file);
  syncDirectory(dirname(file));
  for (const directory of [...madeDirectories].reverse()) {
    try {
      rmdirSync(directory);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Others have put something into it since, or taken it away: it is no longer ours to remove.
      if (code !== "ENOTEMPTY" && code !== "EEXIST" && code !== "ENOENT") throw error;
    }
  }
}

/** A rename would get past all of these, and leave something as nobody wanted it. */
function requireReplaceable({ path, file, found }: Target): void {
  if (!found) return;
  if (found.facts.nlink > 1)
    throw new SetupError(
      "refused",
      `${path} has ${found.facts.nlink} hard links: a new file in its place would leave the others behind`,
      "make it a symbolic link to the file that is to be changed; nothing was changed",
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
        `${path} belongs to user ${found.facts.uid}, and may not be written to`,
        "set up as that user; nothing was changed",
      );
    throw new SetupError(
      "io",
      `${path} may not be written to`,
      `if that is not meant so: chmod u+w ${quoteForShell(file)}; nothing was changed`,
    );
  }
}

/** @returns the directories that have to be made, the outermost first */
function missingDirectories(directory: string): string[] {
  return existsSync(directory) ? [] : [...missingDirectories(dirname(directory)), directory];
}

/** What is kept in the state directory: its disk may be full while the settings' is not. */
function inStore<Result>(paths: StatePaths, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new SetupError(
      "io",
      `no backup can be kept in ${paths.root}: ${reasonOf(error)}`,
      "nothing was changed; make room there, or set PLIMSOLL_STATE to a place that has some",
    );
  }
}

function guarded<Result>(target: Target, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    if (error instanceof SetupError || (error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new SetupError(
      "io",
      `cannot write ${target.path}: ${reasonOf(error)}`,
      "nothing was changed; see to the disk and the permissions",
    );
  }
}
