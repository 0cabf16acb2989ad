import { printable } from "../../cli/characters.ts";
import { CommandError, UsageError } from "../../cli/errors.ts";
import { EXIT } from "../../cli/exit-codes.ts";
import type { LockPolicy } from "../../os/lock/file.ts";
import { LockError } from "../../os/lock/file.ts";
import { type StatePaths, statePaths } from "../../state/paths.ts";
import { isPrepared } from "../../state/prepared.ts";

/** The lock that a word of the command line means. */
export interface LockTarget {
  /** As typed. */
  readonly word: string;
  readonly path: string;
  readonly policy: LockPolicy;
  /** The folder for the owner note of a path's lock; undefined where no state directory can be used. */
  readonly notes?: string;
}

export const NAME_OR_PATH =
  "A word with a slash is a path: any file or directory, created if need be, never written to. A word without one is a\n" +
  "name: a lock of your own, kept in the state directory (PLIMSOLL_STATE).";

const SUFFIX = ".lock";
const NAME = /^[A-Za-z0-9_@+:%,=][A-Za-z0-9_@+:%,=.-]{0,199}$/;

/**
 * @param making make the state directory for a path's note if it is missing
 * @throws UsageError when the word is missing, or no name that a file can have
 * @throws CommandError when it is a name and the state directory cannot be used
 */
export async function lockTarget(word: string | undefined, { making = false } = {}): Promise<LockTarget> {
  if (word === undefined || word === "")
    throw new UsageError("which lock? Give a name, or a path with a slash in it");
  if (word.includes("/")) {
    const notes = await notesFolder(making);
    return { word, path: word, policy: "path", ...(notes !== undefined && { notes }) };
  }
  if (!NAME.test(word))
    throw new UsageError(
      `'${printable(word)}' cannot be a lock's name`,
      "letters, digits and _@+:%,=.- may be in it; a path needs a slash: ./NAME",
    );
  return { word, path: `${await lockDirectory()}/${word}${SUFFIX}`, policy: "private" };
}

/** The note is advice: a state directory that cannot be used costs the note, not the lock. */
async function notesFolder(making: boolean): Promise<string | undefined> {
  const paths = statePaths(process.env);
  if (!paths) return undefined;
  const usable = isPrepared(paths) || (making && (await whyUnusable(paths)) === undefined);
  return usable ? paths.locks : undefined;
}

/** @returns the name of a lock file in the lock directory, or undefined when it is none */
export const lockName = (file: string): string | undefined =>
  file.endsWith(SUFFIX) ? file.slice(0, -SUFFIX.length) : undefined;

/**
 * @returns the directory of the named locks, which is private: another user could replace it in any other place
 * @throws CommandError when the environment names no place for state, or one that cannot be used
 */
export async function lockDirectory(): Promise<string> {
  const paths = statePaths(process.env);
  if (!paths)
    throw new CommandError("there is no place for named locks: neither PLIMSOLL_STATE nor HOME is set", {
      exitCode: EXIT.runFailed,
      hint: "set one of them, or lock a path: ./NAME",
    });
  const problem = isPrepared(paths) ? undefined : await whyUnusable(paths);
  if (problem === undefined) return paths.locks;
  throw new CommandError(problem, { exitCode: EXIT.io, hint: "or lock a path: ./NAME" });
}

/** Prepare the state directory. Loaded only where that is needed. @returns why it cannot be used */
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

/** Do what needs a lock file, wording its failures for a person. */
export async function withLockErrors<Result>(
  exitCode: number,
  action: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof LockError)) throw error;
    throw new CommandError(error.message, {
      exitCode,
      ...(error.hint !== undefined && { hint: error.hint }),
    });
  }
}
