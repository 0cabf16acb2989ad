/**
 * A settings file before the change: its real path and its bytes.
 *
 * Symlinks are followed and kept, because settings may live in a dotfiles repository. A dangling link names the file to
 * create.
 */
import { constants, lstatSync, readlinkSync, realpathSync, type Stats } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { SETTINGS_LIMIT } from "../claude/settings.ts";
import { reasonOf } from "../os/io/file.ts";
import { readRegularFile } from "../os/io/regular-file.ts";
import { SetupError } from "./errors.ts";

export interface SettingsTarget {
  /** As Claude Code names it. */
  readonly path: string;
  /** The same without symlinks. */
  readonly file: string;
  /** Undefined for a new file. */
  readonly found?: { readonly bytes: Uint8Array; readonly facts: Stats };
}

/** The limit of Linux (path_resolution(7)). */
const MAX_LINKS = 40;

/** @throws SetupError when the file cannot be read, or is not a regular file */
export function readTarget(path: string): SettingsTarget {
  const file = follow(path);
  try {
    return {
      path,
      file,
      found: readRegularFile(file, { limit: SETTINGS_LIMIT, flags: constants.O_NOFOLLOW }),
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { path, file };
    throw cannotRead(path, reasonOf(error), "check the file");
  }
}

/** Whether both are the same file with the same bytes. */
export const isSame = (one: SettingsTarget, other: SettingsTarget): boolean =>
  one.file === other.file &&
  one.found?.facts.ino === other.found?.facts.ino &&
  (one.found === undefined || Buffer.compare(one.found.bytes, other.found?.bytes ?? new Uint8Array()) === 0);

function follow(path: string): string {
  let current = path;
  for (let links = 0; links <= MAX_LINKS; links++) {
    current = join(realDirectory(dirname(current), path), basename(current));
    if (!isLink(current, path)) return current;
    current = resolve(dirname(current), readlinkSync(current));
  }
  throw linkLoop(path);
}

function isLink(file: string, path: string): boolean {
  try {
    return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  } catch (error) {
    throw cannotRead(path, reasonOf(error), "check the path");
  }
}

/** Resolve the symlinks of the part of the directory that exists. */
function realDirectory(directory: string, path: string): string {
  try {
    return realpathSync(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ELOOP") throw linkLoop(path);
    if (code === "ENOENT" && dirname(directory) !== directory)
      return join(realDirectory(dirname(directory), path), basename(directory));
    throw cannotRead(path, reasonOf(error), "check the path");
  }
}

const cannotRead = (path: string, why: string, hint: string): SetupError =>
  new SetupError("io", `cannot read ${path}: ${why}`, hint);

const linkLoop = (path: string): SetupError =>
  cannotRead(path, "its symbolic links form a loop", "make the link lead to a file");
