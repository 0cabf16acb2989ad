/** The user's configuration file, as the commands read and replace it. */
import { copyFileSync, existsSync, mkdirSync, realpathSync } from "node:fs";
import { dirname } from "node:path";
import { printable } from "../../cli/characters.ts";
import { CommandError, EXIT, UsageError } from "../../cli/errors.ts";
import type { ParsedOptions } from "../../cli/options.ts";
import { readConfigText } from "../../config/text.ts";
import { leaveRowsToPreset, type PresetRows } from "../../config-file/preset-change.ts";
import { formatErrors, readConfig } from "../../config-file/read.ts";
import { setValue } from "../../json-text/edit.ts";
import { formatPath } from "../../json-text/path.ts";
import { JsonTextError, type Path, positionAt } from "../../json-text/tree.ts";
import { configPath } from "../../state/paths.ts";
import { replaceFile } from "../../state/write.ts";

/** @throws CommandError when the environment has no place for it */
export function requireConfigPath(): string {
  const path = configPath(process.env);
  if (path !== undefined) return path;
  throw new CommandError("no place for the configuration: HOME is not set", {
    hint: "set PLIMSOLL_CONFIG to the path of a file",
  });
}

/**
 * @returns the file's text, or undefined when it does not exist
 * @throws CommandError when it cannot be read, is not a regular file, or is larger than CONFIG_LIMIT
 */
export function loadConfigText(path: string): string | undefined {
  try {
    return existsSync(path) ? readConfigText(path) : undefined;
  } catch (error) {
    throw ioError(`cannot read ${printable(path)}`, error);
  }
}

/**
 * Set one value in the text of the configuration.
 * @throws CommandError if the place is unknown, or the text is not JSON
 */
export function changeConfigText(path: string, text: string, steps: Path, value: unknown): string {
  const changed = editConfigText(path, text, () => setValue(text, steps, value, { comments: true }));
  if (changed !== undefined) return changed;
  throw new CommandError(`nothing to change at '${printable(formatPath(steps))}'`, {
    hint: "an item of a list must exist already; set the whole list instead",
  });
}

/**
 * Leave the rows of the configuration to its preset.
 * @param own also those that are the user's own
 * @throws CommandError if a key occurs twice
 */
export const leaveConfigRows = (path: string, text: string, own: boolean): PresetRows =>
  editConfigText(path, text, () => leaveRowsToPreset(text, { own }));

/** @throws CommandError with the position, if the edit finds that the text is not JSON */
function editConfigText<Result>(path: string, text: string, edit: () => Result): Result {
  try {
    return edit();
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    const { line, column } = positionAt(text, error.at);
    throw new CommandError(`${printable(path)}:${line}:${column}: ${error.message}`, {
      hint: "fix it first: nothing was written",
    });
  }
}

/**
 * Write the configuration if it is valid.
 * @returns what was done, for the user
 * @throws CommandError
 */
export function saveConfigText(path: string, text: string): string {
  const read = readConfig(text);
  if ("errors" in read)
    throw new CommandError(`nothing was written: ${printable(formatErrors(read.errors))}`);
  try {
    const backup = replaceConfig(path, text);
    return `wrote ${printable(path)}${backup === undefined ? "" : `; the previous one is ${printable(backup)}`}`;
  } catch (error) {
    throw ioError(`cannot write ${printable(path)}`, error);
  }
}

/**
 * Replace the file atomically. A symlink stays, and the file that it leads to is replaced.
 * @returns where the previous version was kept; undefined when there was none
 */
function replaceConfig(path: string, text: string): string | undefined {
  const existed = existsSync(path);
  const target = existed ? realpathSync(path) : path;
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  const backup = `${target}.bak`;
  if (existed) copyFileSync(target, backup);
  replaceFile(target, Buffer.from(text));
  return existed ? backup : undefined;
}

const ioError = (what: string, error: unknown): CommandError =>
  new CommandError(`${what}: ${(error as Error).message}`, { exitCode: EXIT.io });

export function refuseOperands({ operands }: ParsedOptions, most = 0): void {
  if (operands.length > most)
    throw new UsageError(`unexpected argument '${printable(operands[most] as string)}'`);
}

/** @returns a text with "~" for the home directory in its paths */
export function withTilde(text: string): string {
  const { HOME } = process.env;
  return HOME && HOME !== "/" ? text.replaceAll(`${HOME}/`, "~/") : text;
}
