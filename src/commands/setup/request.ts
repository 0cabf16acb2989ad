/** `setup`'s command line: which file, with which content. */
import { join } from "node:path";
import { claudeDirectories } from "../../claude/directories.ts";
import { lineCommands } from "../../claude/line-command.ts";
import { printable } from "../../cli/characters.ts";
import { CommandError, UsageError } from "../../cli/errors.ts";
import type { ParsedOptions } from "../../cli/options.ts";
import type { SetupOptions } from "../../setup/change.ts";
import type { SetupRequest } from "../../setup/run.ts";
import { statePaths } from "../../state/paths.ts";

/** @throws UsageError, CommandError */
export function readRequest(options: ParsedOptions, cwd: string): SetupRequest {
  if (options.has("project") && options.has("local"))
    throw new UsageError("--project and --local exclude each other");
  if (options.has("remove"))
    for (const other of ["replace", "subagents", "refresh", "padding"])
      if (options.has(other)) throw new UsageError(`--${other} cannot be used with --remove`);
  const [claudeDir] = claudeDirectories(process.env);
  const path = options.has("project")
    ? join(cwd, ".claude/settings.json")
    : options.has("local")
      ? join(cwd, ".claude/settings.local.json")
      : claudeDir && join(claudeDir, "settings.json");
  if (path === undefined)
    throw new CommandError("no Claude Code directory: HOME is not set", {
      hint: "set HOME, or CLAUDE_CONFIG_DIR",
    });
  return { path, paths: statePaths(process.env), dryRun: options.has("dry-run") };
}

/** @param program the path or name for the settings */
export function readOptions(options: ParsedOptions, program: string): SetupOptions {
  const refresh = readNumber(options, "refresh", 1);
  const padding = readNumber(options, "padding", 0);
  return {
    commands: lineCommands(program),
    subagents: options.has("subagents"),
    replace: options.has("replace"),
    ...(refresh === undefined ? {} : { refresh }),
    ...(padding === undefined ? {} : { padding }),
  };
}

function readNumber(options: ParsedOptions, name: string, least: number): number | undefined {
  const text = options.get(name);
  if (text === undefined) return undefined;
  if (/^\d{1,6}$/.test(text) && Number(text) >= least) return Number(text);
  throw new UsageError(`--${name}: '${printable(text)}' is not an integer from ${least} to 999999`);
}
