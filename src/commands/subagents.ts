import { readJsonFromStdin } from "../claude/first-json.ts";
import type { Command } from "../cli/command.ts";
import { EXIT, UsageError } from "../cli/errors.ts";
import { escapeJson } from "../cli/json.ts";
import { printWithConsole, reportError, reportInternalError } from "../cli/output.ts";
import { type LoadedConfig, loadConfig } from "../config/load.ts";
import { storedTheme } from "../display/stored-theme.ts";
import { readTerminal } from "../display/terminal.ts";
import { renderSubagents } from "../line/subagents.ts";
import { configPath, statePaths } from "../state/paths.ts";
import { SUBAGENTS_WAIT_MS } from "../state/timeouts.ts";

export const subagents: Command = {
  name: "subagents",
  usage: [""],
  about: "Draw the rows of running subagents from the JSON on stdin",
  details: `
Claude Code runs this about once a second while subagents run. In ~/.claude/settings.json, beside "statusLine":

  "subagentStatusLine": { "type": "command", "command": "plimsoll subagents" }

Each row has the agent's name, what it does, its model, effort, context, tokens, rate and age, in the columns that the
client names. A task that cannot be drawn is left out, and keeps the client's own row. Always exits 0.`,
  options: [],
  run: async () => {
    const { config } = await checked(
      loadConfig(configPath(process.env), statePaths(process.env)?.configCache),
    );
    const { json } = readJsonFromStdin(SUBAGENTS_WAIT_MS);
    const theme = config.theme === "auto" ? storedTheme(json, process.env) : undefined;
    const terminal = readTerminal(process.env, config, theme);
    const lines = renderSubagents(json, Date.now(), terminal, config);
    if (lines.length > 0) printWithConsole(lines.map(escapeJson).join("\n"));
    return EXIT.ok;
  },
  // The client's own rows are better than an error in their place.
  onFailure: (error) => {
    if (error instanceof UsageError)
      reportError(`plimsoll: ${error.message}`, "see 'plimsoll subagents --help'");
    else reportInternalError("plimsoll: ", error);
    return EXIT.ok;
  },
};

/** As the line does: a configuration that changed since the last pass is checked now. */
async function checked(loaded: LoadedConfig): Promise<LoadedConfig> {
  if (!loaded.changed) return loaded;
  const { checkChanged } = await import("../config-file/refresh.ts");
  return checkChanged(loaded);
}
