/**
 * A settings file as it is found: where it really lies, and its bytes.
 *
 * A symlink is followed to the file that it leads to, and stays: the file may lie in a repository of dotfiles. One that
 * leads nowhere names the place where the file is to be made.
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  type Stats,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { SETTINGS_LIMIT } from "../claude/settings-file.ts";
import { reasonOf } from "../os/io/file.ts";
import { SetupError } from "./errors.ts";

export interface Target {
  /** As Claude Code names it. */
  readonly path: string;
  /** The file itself, without symlinks. */
  readonly file: string;
  /** What it holds, and its facts; undefined when there is no file yet. */
  readonly found?: { readonly bytes: Uint8Array; readonly facts: Stats };
}

/** As many as Linux follows (path_resolution(7)). */
const MOST_LINKS = 40;

/** @throws SetupError when the file cannot be read, or something else stands in its place */
export function readTarget(path: string): Target {
  const file = follow(path);
  const cannot = (why: string) =>
    new SetupError("io", `cannot read ${path}: ${why}`, "see to the file; nothing was changed");
  let fd: number;
  try {
    // A FIFO is not waited for.
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { path, file };
    throw cannot(reasonOf(error));
  }
  try {
    const facts = fstatSync(fd);
    if (facts.isDirectory()) throw cannot("it is a directory");
    if (!facts.isFile()) throw cannot("it is no regular file");
    if (facts.size > SETTINGS_LIMIT) throw cannot(`it has more than ${SETTINGS_LIMIT} bytes`);
    return { path, file, found: { bytes: readFileSync(fd), facts } };
  } catch (error) {
    throw error instanceof SetupError ? error : cannot(reasonOf(error));
  } finally {
    closeSync(fd);
  }
}

/** Whether both are the same file with the same bytes. */
export const isSame = (one: Target, other: Target): boolean =>
  one.file === other.file &&
  one.found?.facts.ino === other.found?.facts.ino &&
  (one.found === undefined || Buffer.compare(one.found.bytes, other.found?.bytes ?? new Uint8Array()) === 0);

function follow(path: string): string {
  let current = path;
  for (let links = 0; links <= MOST_LINKS; links++) {
    current = join(realDirectory(dirname(current), path), basename(current));
    const facts = look(current, path);
    if (!facts?.isSymbolicLink()) return current;
    current = resolve(dirname(current), readlinkSync(current));
  }
  throw linksInCircle(path);
}

const linksInCircle = (path: string) =>
  new SetupError(
    "io",
    `cannot read ${path}: its symbolic links lead in a circle`,
    "make the link lead to a file; nothing was changed",
  );

function look(file: string, path: string): Stats | undefined {
  try {
    return lstatSync(file, { throwIfNoEntry: false });
  } catch (error) {
    throw new SetupError(
      "io",
      `cannot read ${path}: ${reasonOf(error)}`,
      "see to the path; nothing was changed",
    );
  }
}

/** The directory without symlinks, as far as it exists. */
function realDirectory(directory: string, path: string): string {
  try {
    return realpathSync(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ELOOP") throw linksInCircle(path);
    if (code === "ENOENT" && dirname(directory) !== directory)
      return join(realDirectory(dirname(directory), path), basename(directory));
    throw new SetupError(
      "io",
      `cannot read ${path}: ${reasonOf(error)}`,
      "see to the path; nothing was changed",
    );
  }
}
