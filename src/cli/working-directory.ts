import { reasonOf } from "../os/io/file.ts";
import { CommandError } from "./errors.ts";
import { EXIT } from "./exit-codes.ts";

/**
 * @param exitCode what the command answers without one
 * @returns the working directory, absolute
 * @throws CommandError when it was removed, or cannot be reached
 */
export function workingDirectory(exitCode: number = EXIT.io): string {
  try {
    return process.cwd();
  } catch (error) {
    throw new CommandError(`the working directory cannot be used: ${reasonOf(error)}`, {
      exitCode,
      hint: "start it in another directory",
    });
  }
}
