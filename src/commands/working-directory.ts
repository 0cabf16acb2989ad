/** The directory that a command was started in. It may have been removed since: a worktree, a build directory. */
import { reasonOf } from "../setup/errors.ts";
import { CommandError } from "./errors.ts";
import { EXIT } from "./exit-codes.ts";

/**
 * @param exitCode what the command answers where there is none
 * @throws CommandError
 */
export function workingDirectory(exitCode: number = EXIT.io): string {
  try {
    return process.cwd();
  } catch (error) {
    const why = reasonOf(error);
    throw new CommandError(`the working directory cannot be used: ${why}`, {
      exitCode,
      hint: "start it in another directory",
    });
  }
}
