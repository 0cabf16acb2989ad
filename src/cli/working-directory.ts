import { reasonOf } from "../os/io/file.ts";
import { CommandError, EXIT } from "./errors.ts";

/**
 * @param exitCode of the error
 * @returns the absolute path of the working directory
 * @throws CommandError when it was removed or is not accessible
 */
export function workingDirectory(exitCode: number = EXIT.io): string {
  try {
    return process.cwd();
  } catch (error) {
    throw new CommandError(`cannot use the working directory: ${reasonOf(error)}`, {
      exitCode,
      hint: "change to another directory",
    });
  }
}
