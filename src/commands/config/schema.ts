import { jsonSchema } from "../../config/schema.ts";
import type { Command } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { refuseOperands } from "./target.ts";

export const configSchema: Command = {
  name: "config schema",
  usage: [""],
  about: "Print the configuration's JSON Schema",
  details: `
'plimsoll config init' puts it beside the configuration, where "$schema" names it, so that an editor completes and
checks while you type.`,
  options: [],
  run: (options) => {
    refuseOperands(options);
    console.log(JSON.stringify(jsonSchema(), null, 2));
    return EXIT.ok;
  },
};
