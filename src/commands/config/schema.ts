import type { Command } from "../../cli/command.ts";
import { EXIT } from "../../cli/errors.ts";
import { toJson } from "../../cli/json.ts";
import { printLine } from "../../cli/output.ts";
import { configReference } from "../../config-file/reference.ts";
import { jsonSchema } from "../../config-file/schema.ts";
import { refuseOperands } from "./target.ts";

export const configSchema: Command = {
  name: "config schema",
  usage: ["[--markdown]"],
  about: "Print the configuration's JSON Schema, or its reference",
  details: `
'plimsoll config init' puts it beside the configuration, where "$schema" names it, so that an editor completes and
checks while you type.`,
  options: [{ long: ["markdown"], about: "Print the reference of all settings as Markdown tables" }],
  run: (options) => {
    refuseOperands(options);
    printLine(options.has("markdown") ? configReference() : toJson(jsonSchema(), 2));
    return EXIT.ok;
  },
};
