import { printable } from "../../cli/characters.ts";
import type { Command } from "../../cli/command.ts";
import { CommandError, EXIT } from "../../cli/errors.ts";
import { printLine } from "../../cli/output.ts";
import { workingDirectory } from "../../cli/working-directory.ts";
import type { Config } from "../../config/config.ts";
import { initialConfig } from "../../config-file/initial.ts";
import { formatErrors } from "../../config-file/read.ts";
import { readTerminal } from "../../display/terminal.ts";
import { readDocument } from "../../editor/document.ts";
import { HUNG_UP, runEditor } from "../../editor/session.ts";
import { start } from "../../editor/state.ts";
import { needsSetup, printNext } from "../next-step.ts";
import { backgroundForPreview } from "../preview-ground.ts";
import { editorServices } from "./editor-services.ts";
import { loadConfigText, refuseOperands, requireConfigPath, withTilde } from "./file.ts";
import { showsOurLine } from "./install.ts";
import { lastSession } from "./last-session.ts";
import { SCHEMA_PATH } from "./schema-file.ts";

export const configEdit: Command = {
  name: "config edit",
  usage: [""],
  about: "Edit everything in the terminal, with a live preview",
  details: `
Shows the line as it will be, its rows, and the settings. The keys of each screen are at its foot; '?' explains them.
The most important ones:

  arrows      go to a row, a segment, a setting; left and right change a setting
  a           add a segment: type to filter the list
  enter       options and colours of a segment; the values of a setting
  x           remove a segment; reset a setting
  < > [ ]     move a segment in its row, or to another row
  u, U        undo, redo
  tab         preview another sample session, or your own last one
  s, q        save (asks first), leave; escape closes a screen, but does not leave

A configuration can be imported from and exported to another file, and the line be added to Claude Code's settings.
Only changed values are written: everything else stays in the file, comments included. The previous version is kept as
config.json.bak. A file that another program has changed meanwhile is not overwritten without asking.

Exit codes: 0 when saved or left; 1 when the configuration has errors; 2 without a terminal. A signal gives 128 plus
its number, a closed terminal 129: nothing is written then.`,
  options: [],
  run: async (options) => {
    refuseOperands(options);
    // process.stdin fails without one.
    workingDirectory();
    if (!process.stdin.isTTY || !process.stdout.isTTY || process.env.TERM === "dumb")
      throw new CommandError("'config edit' needs a terminal", {
        exitCode: EXIT.usage,
        hint: "'plimsoll config set' needs none",
      });
    const path = requireConfigPath();
    const text = loadConfigText(path);
    const document = readDocument(text ?? initialConfig("default", SCHEMA_PATH));
    if ("errors" in document)
      throw new CommandError(`${printable(path)}: ${printable(formatErrors(document.errors))}`, {
        hint: "fix it first",
      });
    const ground = await backgroundForPreview([document.config.theme]);
    const session = lastSession();
    const terminalOf = (config: Config) => {
      const { columns = 80 } = process.stdout;
      return {
        ...readTerminal({ ...process.env, COLUMNS: String(columns), LINES: "" }, config),
        ...ground,
      };
    };
    const screenOf = () => {
      const { columns = 80, rows = 24 } = process.stdout;
      return { columns, rows, terminalOf, path: withTilde(path), lastSession: session };
    };
    const first = start(document, {
      fileExists: text !== undefined,
      hasLastSession: session !== undefined,
      installed: showsOurLine(),
    });
    const { state, exitCode } = await runEditor(first, screenOf, editorServices(path));
    // A closed terminal gets no message.
    if (exitCode !== HUNG_UP) printLine(state.report ?? "nothing was written");
    if (state.outcome === "saved" && needsSetup()) printNext("'plimsoll setup' adds the line to Claude Code");
    return exitCode ?? EXIT.ok;
  },
};
