import { printable } from "../../cli/characters.ts";
import type { Command } from "../../cli/command.ts";
import { CommandError, EXIT, UsageError } from "../../cli/errors.ts";
import { nearest } from "../../cli/nearest.ts";
import { printLine } from "../../cli/output.ts";
import { initialConfig } from "../../config-file/initial.ts";
import { PRESET_NAMES, PRESETS, type PresetName, presetNamed } from "../../config-file/presets.ts";
import { loadConfigText, refuseOperands, requireConfigPath, saveConfigText } from "./file.ts";
import { SCHEMA_PATH, writeSchema } from "./schema-file.ts";
import { showChanged } from "./shown.ts";
import { whileChanging } from "./store.ts";

export const configInit: Command = {
  name: "config init",
  usage: ["[options]"],
  about: "Write an initial configuration and its JSON Schema",
  details: `
Presets:
${PRESET_NAMES.map((name) => `  ${name.padEnd(10)} ${PRESETS[name].about}`).join("\n")}

The rows stay those of the preset: the file has them as a comment, to uncomment and change.

An existing configuration is only replaced with --force, and then kept as config.json.bak.

Exit codes: 0; 1 when there is one already; 74 when it cannot be written; 75 when another process is changing it.`,
  options: [
    {
      long: ["preset"],
      value: "NAME",
      completion: PRESET_NAMES,
      about: "The preset to start from (default: default)",
    },
    { long: ["force"], about: "Replace an existing configuration and keep a backup" },
  ],
  run: async (options) => {
    refuseOperands(options);
    const given = options.get("preset") ?? "default";
    const name = presetNamed(given);
    if (name === undefined) {
      const guess = nearest(given, PRESET_NAMES);
      throw new UsageError(
        `unknown preset '${printable(given)}'`,
        guess ? `did you mean '${guess}'?` : `presets: ${PRESET_NAMES.join(", ")}`,
      );
    }
    const path = requireConfigPath();
    printLine(await whileChanging(path, () => initialize(path, name, options.has("force"))));
    showChanged([]);
    return EXIT.ok;
  },
};

/**
 * The schema first: with a configuration in place the next attempt would need --force.
 * @returns what was done, for the user
 * @throws CommandError
 */
function initialize(path: string, name: PresetName, force: boolean): string {
  if (loadConfigText(path) !== undefined && !force)
    throw new CommandError(`${printable(path)} exists already`, {
      hint: "'plimsoll config edit' changes it, and can start over; --force replaces it",
    });
  writeSchema(path);
  return saveConfigText(path, initialConfig(name, SCHEMA_PATH));
}
