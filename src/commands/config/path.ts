import { printable } from "../../cli/characters.ts";
import type { Command } from "../../cli/command.ts";
import { EXIT } from "../../cli/errors.ts";
import { printLine } from "../../cli/output.ts";
import { refuseOperands, requireConfigPath } from "./target.ts";

export const configPathCommand: Command = {
  name: "config path",
  usage: [""],
  about: "Print where the configuration is, or would be",
  details:
    "PLIMSOLL_CONFIG, else $XDG_CONFIG_HOME/plimsoll/config.json, else ~/.config/plimsoll/config.json.",
  options: [],
  run: (options) => {
    refuseOperands(options);
    printLine(printable(requireConfigPath()));
    return EXIT.ok;
  },
};
