import { printable } from "../../cli/characters.ts";
import { CommandError, EXIT, UsageError } from "../../cli/errors.ts";
import type { LockPolicy } from "../../os/lock/file.ts";
import { type StatePaths, statePaths } from "../../state/paths.ts";
import { isPrepared } from "../../state/prepared.ts";

/** A lock named on the command line. */
export interface LockTarget {
  /** As typed. */
  readonly word: string;
  readonly path: string;
  readonly policy: LockPolicy;
  /** The directory for the owner note of a path's lock; undefined when no state directory is usable. */
  readonly notes?: string;
}

export const NAME_OR_PATH =
  "An argument with a slash is a path: any file or directory, created if missing, never written to. An argument without one\n" +
  "is a name: a lock of your own, kept in the state directory (PLIMSOLL_STATE).";

const SUFFIX = ".lock";
const NAME = /^[A-Za-z0-9_@+:%,=][A-Za-z0-9_@+:%,=.-]{0,199}$/;

/**
 * @param making create the state directory for a path's note if it is missing
 * @throws UsageError when the word is missing or an invalid name
 * @throws CommandError when it is a name and the state directory cannot be used
 */
export async function lockTarget(word: string | undefined, { making = false } = {}): Promise<LockTarget> {
  if (word === undefined || word === "")
    throw new UsageError("a lock is required: a name, or a path with a slash");
  if (word.includes("/")) {
    const notes = await notesFolder(making);
    return { word, path: word, policy: "path", ...(notes !== undefined && { notes }) };
  }
  if (!NAME.test(word))
    throw new UsageError(
      `invalid lock name '${printable(word)}'`,
      "use letters, digits and _@+:%,=.-; a path needs a slash: ./NAME",
    );
  return { word, path: `${await lockDirectory()}/${word}${SUFFIX}`, policy: "private" };
}

/** Best effort: without a usable state directory the note is skipped, but the lock still works. */
async function notesFolder(making: boolean): Promise<string | undefined> {
  const paths = statePaths(process.env);
  if (!paths) return undefined;
  const usable = isPrepared(paths) || (making && (await whyUnusable(paths)) === undefined);
  return usable ? paths.locks : undefined;
}

/** @returns the lock name of a file in the lock directory, or undefined */
export const lockName = (file: string): string | undefined =>
  file.endsWith(SUFFIX) ? file.slice(0, -SUFFIX.length) : undefined;

/**
 * @returns the directory of the named locks, which is private, so that no other user can replace it
 * @throws CommandError without a usable state directory
 */
export async function lockDirectory(): Promise<string> {
  const paths = statePaths(process.env);
  if (!paths)
    throw new CommandError("no directory for named locks: neither PLIMSOLL_STATE nor HOME is set", {
      exitCode: EXIT.runFailed,
      hint: "set one of them, or lock a path: ./NAME",
    });
  const problem = isPrepared(paths) ? undefined : await whyUnusable(paths);
  if (problem === undefined) return paths.locks;
  throw new CommandError(problem, { exitCode: EXIT.io, hint: "or lock a path: ./NAME" });
}

/** Prepare the state directory, loading its module on demand. @returns why it cannot be used */
async function whyUnusable(paths: StatePaths): Promise<string | undefined> {
  const { prepareStateDirectory, StateDirectoryError } = await import("../../state/directory.ts");
  try {
    prepareStateDirectory(paths);
    return undefined;
  } catch (error) {
    if (error instanceof StateDirectoryError) return error.message;
    throw error;
  }
}
