/** The user's configuration file, as the commands read and replace it. */
import { printable } from "../../cli/characters.ts";
import { CommandError, UsageError } from "../../cli/errors.ts";
import type { ParsedOptions } from "../../cli/options.ts";
import { CONFIG_LIMIT } from "../../config/load.ts";
import { readConfigText } from "../../config/text.ts";
import { leaveRowsToPreset, type PresetRows } from "../../config-file/preset-change.ts";
import { formatErrors, readConfig } from "../../config-file/read.ts";
import { setValue } from "../../json-text/edit.ts";
import { formatPath } from "../../json-text/path.ts";
import { JsonTextError, type Path, positionAt } from "../../json-text/tree.ts";
import { configPath } from "../../state/paths.ts";
import { ioError, replaceConfig } from "./store.ts";

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
    return readConfigText(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw ioError(`cannot read ${printable(path)}`, error);
  }
}

/** Whether the error says that the file does not exist, and not that this user cannot see it. */
const isMissing = (error: unknown): boolean =>
  ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");

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
 * Write the configuration if it is valid. Only within `whileChanging`.
 * @returns what was done, for the user
 * @throws CommandError
 */
export function saveConfigText(path: string, text: string): string {
  const read = readConfig(text);
  if ("errors" in read)
    throw new CommandError(`nothing was written: ${printable(formatErrors(read.errors))}`);
  try {
    const backup = replaceConfig(path, text, CONFIG_LIMIT);
    return `wrote ${printable(path)}${backup === undefined ? "" : `; the previous one is ${printable(backup)}`}`;
  } catch (error) {
    throw ioError(`cannot write ${printable(path)}`, error);
  }
}

export function refuseOperands({ operands }: ParsedOptions, most = 0): void {
  if (operands.length > most)
    throw new UsageError(`unexpected argument '${printable(operands[most] as string)}'`);
}

/** @returns a text with "~" for the home directory in its paths */
export function withTilde(text: string): string {
  const { HOME } = process.env;
  return HOME && HOME !== "/" ? text.replaceAll(`${HOME}/`, "~/") : text;
}
