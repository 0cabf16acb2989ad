import { printable } from "../../cli/characters.ts";
import type { Command } from "../../cli/command.ts";
import { EXIT } from "../../cli/errors.ts";
import { toJson } from "../../cli/json.ts";
import { printLine, reportError } from "../../cli/output.ts";
import { formatError, readConfig } from "../../config-file/read.ts";
import { loadConfigText, refuseOperands, requireConfigPath } from "./target.ts";

export const configCheck: Command = {
  name: "config check",
  usage: ["[options] [FILE]"],
  about: "Check the configuration, and say what is wrong with it and where",
  details: `
FILE is checked instead of the configuration; it may be '-' for stdin. No file at all is good: the defaults apply.

Exit codes: 0 when it is good, 1 when it is not, 74 when it cannot be read.`,
  operands: ["file"],
  options: [{ long: ["json"], about: 'Print {"ok", "path", "errors": [{"path", "message"}]}' }],
  run: async (options) => {
    refuseOperands(options, 1);
    const [file] = options.operands;
    const path = file ?? requireConfigPath();
    const text = file === "-" ? await Bun.stdin.text() : loadConfigText(path);
    const read = readConfig(text ?? "");
    const errors = "errors" in read ? read.errors : [];
    if (options.has("json")) printLine(toJson({ ok: errors.length === 0, path, errors }));
    else if (text === undefined) printLine(`${printable(path)} is not there: the defaults apply`);
    else if (errors.length === 0) printLine(`${printable(path)} is good`);
    else for (const error of errors) reportError(`${path}: ${formatError(error)}`);
    return errors.length === 0 ? EXIT.ok : EXIT.failure;
  },
};
