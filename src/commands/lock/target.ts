import { printable } from "../../output/characters.ts";
import { requireLockDirectory } from "../../process/lock-directory.ts";
import { LockError } from "../../process/lock-error.ts";
import type { LockPolicy } from "../../process/lock-file.ts";
import { statePaths } from "../../state/paths.ts";
import { CommandError, UsageError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";

/** The lock that a word of the command line means. */
export interface LockTarget {
  /** As typed. */
  readonly word: string;
  readonly path: string;
  readonly policy: LockPolicy;
  /** The folder for the owner note of a path's lock; undefined where there is no place for state. */
  readonly notes?: string;
}

export const NAME_OR_PATH =
  "A word with a slash is a path: any file or directory, created if need be, never written to. A word without one is a\n" +
  "name: a lock of your own, kept in the state directory (PLIMSOLL_STATE).";

const SUFFIX = ".lock";
const NAME = /^[A-Za-z0-9_@+:%,=][A-Za-z0-9_@+:%,=.-]{0,199}$/;

/** @throws UsageError when the word is missing, or no name that a file can have */
export function lockTarget(word: string | undefined): LockTarget {
  if (word === undefined || word === "")
    throw new UsageError("which lock? Give a name, or a path with a slash in it");
  if (word.includes("/")) {
    const notes = statePaths(process.env)?.locks;
    return { word, path: word, policy: "path", ...(notes !== undefined && { notes }) };
  }
  if (!NAME.test(word))
    throw new UsageError(
      `'${printable(word)}' cannot be a lock's name`,
      "letters, digits and _@+:%,=.- may be in it; a path needs a slash: ./NAME",
    );
  return { word, path: `${lockDirectory()}/${word}${SUFFIX}`, policy: "private" };
}

/** @returns the name of a lock file in the lock directory, or undefined when it is none */
export const lockName = (file: string): string | undefined =>
  file.endsWith(SUFFIX) ? file.slice(0, -SUFFIX.length) : undefined;

/** @throws CommandError when the environment names no place for state */
export function lockDirectory(): string {
  const paths = statePaths(process.env);
  if (paths) return paths.locks;
  throw new CommandError("there is no place for named locks: neither PLIMSOLL_STATE nor HOME is set", {
    exitCode: EXIT.runFailed,
    hint: "set one of them, or lock a path: ./NAME",
  });
}

/** Do what needs a lock file, wording its failures for a person. */
export async function withLockErrors<Result>(
  target: LockTarget,
  exitCode: number,
  action: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    if (target.policy === "private") requireLockDirectory(target.path.slice(0, target.path.lastIndexOf("/")));
    return await action();
  } catch (error) {
    if (!(error instanceof LockError)) throw error;
    throw new CommandError(error.message, {
      exitCode,
      ...(error.hint !== undefined && { hint: error.hint }),
    });
  }
}
