import { printable } from "../../cli/characters.ts";
import type { Command } from "../../cli/command.ts";
import { CommandError, EXIT } from "../../cli/errors.ts";
import { printLine } from "../../cli/output.ts";
import type { Config } from "../../config/config.ts";
import { initialConfig } from "../../config-file/initial.ts";
import { presetNamed } from "../../config-file/presets.ts";
import { formatErrors, readConfig } from "../../config-file/read.ts";
import { readTerminal } from "../../display/terminal.ts";
import { HUNG_UP, runEditor } from "../../editor/session.ts";
import { type Draft, start } from "../../editor/state.ts";
import {
  changeConfigText,
  loadConfigText,
  refuseOperands,
  requireConfigPath,
  saveConfigText,
} from "./file.ts";

export const configEdit: Command = {
  name: "config edit",
  usage: [""],
  about: "Edit rows, segments, theme, style and icons in the terminal, with a live preview",
  details: `
Arrow keys move and change; 'a' adds a segment, 'x' removes one, '<' and '>' move it; 'n' and 'd' add and delete rows;
tab shows another sample session; 's' saves, after asking; 'q' quits. Only changed values are written: everything else
stays in the file, comments included.

Exit codes: 0 when saved or quit; 1 when the configuration has errors; 2 without a terminal. A signal gives 128 plus
its number, a closed terminal 129: nothing is written then.`,
  options: [],
  run: async (options) => {
    refuseOperands(options);
    if (!process.stdin.isTTY || !process.stdout.isTTY)
      throw new CommandError("'config edit' needs a terminal", {
        exitCode: EXIT.usage,
        hint: "'plimsoll config set' needs none",
      });
    const path = requireConfigPath();
    const text = loadConfigText(path);
    const read = readConfig(text ?? "");
    if ("errors" in read)
      throw new CommandError(`${printable(path)}: ${printable(formatErrors(read.errors))}`, {
        hint: "fix it first",
      });
    const { config } = read;
    const before = draftOf(config, text ?? "");
    const screenOf = () => {
      const { columns = 80, rows = 24 } = process.stdout;
      const terminal = readTerminal({ ...process.env, COLUMNS: String(columns), LINES: "" }, config);
      return { columns, rows, terminal, config, path: printable(path) };
    };
    const { state, exitCode } = await runEditor(start(before, Object.keys(config.commands)), screenOf);
    const { outcome, draft } = state;
    if (outcome !== "saved") {
      // A closed terminal gets no message.
      if (exitCode !== HUNG_UP) printLine("nothing was written");
      return exitCode ?? EXIT.ok;
    }
    printLine(saveConfigText(path, applyDraft(path, text, before, draft)));
    return EXIT.ok;
  },
};

function draftOf({ theme, style, icons, bar, rows }: Config, text: string): Draft {
  const json: unknown = text.trim() === "" ? {} : Bun.JSONC.parse(text);
  const preset = (json as { preset?: string }).preset;
  return { preset: presetNamed(preset ?? "default") ?? "default", theme, style, icons, bar, rows };
}

/** The file's text with only the changes. */
function applyDraft(path: string, text: string | undefined, before: Draft, after: Draft): string {
  let changed = text ?? initialConfig(after.preset, "./config.schema.json");
  const base = text === undefined ? draftOfText(changed) : before;
  const rows = after.rows.map(({ left, right }) => (right === undefined ? left : { left, right }));
  const values = {
    preset: after.preset,
    theme: after.theme,
    style: after.style,
    icons: after.icons,
    bar: after.bar,
  };
  for (const [key, value] of Object.entries(values))
    if (!Bun.deepEquals(value, base[key as keyof Draft]))
      changed = changeConfigText(path, changed, [key], value);
  return Bun.deepEquals(after.rows, base.rows) ? changed : changeConfigText(path, changed, ["rows"], rows);
}

function draftOfText(text: string): Draft {
  const read = readConfig(text);
  if ("errors" in read) throw new Error(`invalid initial configuration: ${formatErrors(read.errors)}`);
  return draftOf(read.config, text);
}
