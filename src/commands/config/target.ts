import { printable } from "../../cli/characters.ts";
import { CommandError, EXIT, UsageError } from "../../cli/errors.ts";
import type { ParsedOptions } from "../../cli/options.ts";
import { readConfigText, writeConfigText } from "../../config-file/file.ts";
import { formatError, readConfig } from "../../config-file/read.ts";
import { configPath } from "../../state/paths.ts";

/** The configuration's path. Throws where the environment names none. */
export function requireConfigPath(): string {
  const path = configPath(process.env);
  if (path !== undefined) return path;
  throw new CommandError("there is no place for the configuration: HOME is not set", {
    hint: "set PLIMSOLL_CONFIG to the path of a file",
  });
}

/** The file's text, or undefined without one. */
export function loadConfigText(path: string): string | undefined {
  try {
    return readConfigText(path);
  } catch (error) {
    throw new CommandError(`cannot read ${printable(path)}: ${(error as Error).message}`, {
      exitCode: EXIT.io,
    });
  }
}

/** Write the file, if it is a configuration. @returns what was done, for the person */
export function saveConfigText(path: string, text: string): string {
  const read = readConfig(text);
  if ("errors" in read)
    throw new CommandError(`nothing was written: ${printable(read.errors.map(formatError).join("; "))}`);
  try {
    const backup = writeConfigText(path, text);
    return `wrote ${printable(path)}${backup === undefined ? "" : `; the one before is ${printable(backup)}`}`;
  } catch (error) {
    throw new CommandError(`cannot write ${printable(path)}: ${(error as Error).message}`, {
      exitCode: EXIT.io,
    });
  }
}

export function refuseOperands({ operands }: ParsedOptions, most = 0): void {
  if (operands.length > most) throw new UsageError(`unexpected '${printable(operands[most] as string)}'`);
}
