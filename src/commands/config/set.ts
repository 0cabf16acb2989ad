import { printable } from "../../cli/characters.ts";
import type { Command } from "../../cli/command.ts";
import { CommandError, EXIT, UsageError } from "../../cli/errors.ts";
import { printLine } from "../../cli/output.ts";
import { formatErrors, readConfig } from "../../config-file/read.ts";
import { CONFIG_KEYS } from "../../config-file/schema.ts";
import { parsePath } from "../../json-text/path.ts";
import { changeConfigText, loadConfigText, requireConfigPath, saveConfigText } from "./file.ts";

export const configSet: Command = {
  name: "config set",
  usage: ["KEY VALUE"],
  about: "Change one value of the configuration and nothing else",
  details: `
KEY is a path: theme, bar.cells, segments.context.levels, rows[0][1], prices["my-model"].input.
VALUE is JSON, else a string. Comments, order and layout of the file are kept. Nothing is written unless the changed
configuration is valid; the previous one is kept as config.json.bak.

  plimsoll config set theme fjord-dark
  plimsoll config set segments.context.levels '[60, 80]'

Exit codes: 0; 1 when the configuration would be invalid; 2 when KEY is invalid; 74 when it cannot be written.`,
  operands: [CONFIG_KEYS],
  options: [],
  run: (options) => {
    const [key, value, ...rest] = options.operands;
    if (key === undefined || value === undefined || rest.length > 0)
      throw new UsageError("'config set' takes a key and a value", "see 'plimsoll config set --help'");
    const steps = parsePath(key);
    if (!steps)
      throw new UsageError(`invalid key '${printable(key)}'`, "expected a path like segments.context.levels");
    const path = requireConfigPath();
    const text = loadConfigText(path) ?? "";
    const before = readConfig(text);
    if (
      "errors" in before &&
      before.errors.some((error) => error.path === "" && /not JSON/.test(error.message))
    )
      throw new CommandError(`${printable(path)}: ${printable(formatErrors(before.errors))}`, {
        hint: "fix it first: nothing was written",
      });
    printLine(saveConfigText(path, changeConfigText(path, text, steps, parseValue(value))));
    return EXIT.ok;
  },
};

function parseValue(text: string): unknown {
  try {
    return Bun.JSONC.parse(text);
  } catch {
    // A string, as in `config set theme fjord-dark`.
    return text;
  }
}
