/** The subcommands of `config` that change nothing. */
import { printable } from "../../cli/characters.ts";
import type { Command } from "../../cli/command.ts";
import { CommandError, EXIT } from "../../cli/errors.ts";
import { toJson } from "../../cli/json.ts";
import { printLine, reportError } from "../../cli/output.ts";
import { formatError, readConfig } from "../../config-file/read.ts";
import { configReference } from "../../config-file/reference.ts";
import { jsonSchema } from "../../config-file/schema.ts";
import { loadConfigText, refuseOperands, requireConfigPath } from "./file.ts";

export const configCheck: Command = {
  name: "config check",
  usage: ["[options] [FILE]"],
  about: "Check the configuration for errors, and print where they are",
  details: `
Checks FILE instead of the configuration; '-' is stdin. A missing configuration is valid: the defaults apply. A missing
FILE is an error.

Exit codes: 0 when it is valid, 1 when it is not, 74 when it cannot be read.`,
  operands: ["file"],
  options: [{ long: ["json"], about: 'Print {"ok", "path", "errors": [{"path", "message"}]}' }],
  run: async (options) => {
    refuseOperands(options, 1);
    const [file] = options.operands;
    const path = file ?? requireConfigPath();
    const text = file === "-" ? await Bun.stdin.text() : loadConfigText(path);
    if (text === undefined && file !== undefined)
      throw new CommandError(`cannot read ${printable(path)}: no such file`, { exitCode: EXIT.io });
    const read = readConfig(text ?? "");
    const errors = "errors" in read ? read.errors : [];
    if (options.has("json")) printLine(toJson({ ok: errors.length === 0, path, errors }));
    else if (text === undefined) printLine(`${printable(path)} does not exist: the defaults apply`);
    else if (errors.length === 0) printLine(`${printable(path)} is valid`);
    else for (const error of errors) reportError(`${path}: ${formatError(error)}`);
    return errors.length === 0 ? EXIT.ok : EXIT.failure;
  },
};

export const configPathCommand: Command = {
  name: "config path",
  usage: [""],
  about: "Print the path of the configuration, whether it exists or not",
  details:
    "PLIMSOLL_CONFIG, else $XDG_CONFIG_HOME/plimsoll/config.json, else ~/.config/plimsoll/config.json.",
  options: [],
  run: (options) => {
    refuseOperands(options);
    printLine(printable(requireConfigPath()));
    return EXIT.ok;
  },
};

export const configSchema: Command = {
  name: "config schema",
  usage: ["[--markdown]"],
  about: "Print the configuration's JSON Schema, or its reference",
  details: `
'plimsoll config init' writes it beside the configuration, where "$schema" names it: editors then complete and check
while you type.`,
  options: [{ long: ["markdown"], about: "Print the reference of all settings as Markdown tables" }],
  run: (options) => {
    refuseOperands(options);
    printLine(options.has("markdown") ? configReference() : toJson(jsonSchema(), 2));
    return EXIT.ok;
  },
};
