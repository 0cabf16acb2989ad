import { configReference } from "../../config/reference.ts";
import { jsonSchema } from "../../config/schema.ts";
import { toJson } from "../../output/json.ts";
import type { Command } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { printLine } from "../print.ts";
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
