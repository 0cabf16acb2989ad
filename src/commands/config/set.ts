import { printable } from "../../cli/characters.ts";
import type { Command } from "../../cli/command.ts";
import { CommandError, EXIT, UsageError } from "../../cli/errors.ts";
import { printLine } from "../../cli/output.ts";
import { formatError, readConfig } from "../../config-file/read.ts";
import { CONFIG_KEYS } from "../../config-file/schema.ts";
import { setValue } from "../../json-text/edit.ts";
import { parsePath } from "../../json-text/path.ts";
import { loadConfigText, requireConfigPath, saveConfigText } from "./target.ts";

export const configSet: Command = {
  name: "config set",
  usage: ["KEY VALUE"],
  about: "Change one value of the configuration, and leave everything else as it is",
  details: `
KEY is a path: theme, bar.cells, segments.context.levels, rows[0][1], prices["my-model"].input.
VALUE is JSON; what is not JSON is text. Comments, order and layout of the file stay. Nothing is written unless the
whole configuration is good afterwards; the one before is kept as config.json.bak.

  plimsoll config set theme fjord-dark
  plimsoll config set segments.context.levels '[60, 80]'

Exit codes: 0; 1 when the configuration would not be good; 2 for a KEY that is no path; 74 when it cannot be written.`,
  operands: [CONFIG_KEYS],
  options: [],
  run: (options) => {
    const [key, value, ...rest] = options.operands;
    if (key === undefined || value === undefined || rest.length > 0)
      throw new UsageError("'config set' takes a key and a value", "see 'plimsoll config set --help'");
    const steps = parsePath(key);
    if (!steps) throw new UsageError(`'${printable(key)}' is not a path like segments.context.levels`);
    const path = requireConfigPath();
    const text = loadConfigText(path) ?? "";
    const before = readConfig(text);
    if (
      "errors" in before &&
      before.errors.some((error) => error.path === "" && /not JSON/.test(error.message))
    )
      throw new CommandError(`${printable(path)}: ${printable(before.errors.map(formatError).join("; "))}`, {
        hint: "repair it first: nothing was written",
      });
    const changed = setValue(text, steps, parseValue(value), { comments: true });
    if (changed === undefined)
      throw new CommandError(`there is nothing at '${printable(key)}' to change`, {
        hint: "an item of a list must be there already; set the whole list instead",
      });
    printLine(saveConfigText(path, changed));
    return EXIT.ok;
  },
};

function parseValue(text: string): unknown {
  try {
    return Bun.JSONC.parse(text);
  } catch {
    // Not JSON: it is the text itself, as in `config set theme fjord-dark`.
    return text;
  }
}
