/**
 * Claude Code's settings files, read only, the strongest first (Claude Code 2.1.330). `--settings` on the client's
 * command line stands between the managed files and the project's; it cannot be seen from here.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readHead } from "./head.ts";
import { readSettingsFile, type SettingsFacts } from "./settings-file.ts";

/** One settings file that exists. */
export interface SettingsLayer extends SettingsFacts {
  readonly name: "managed" | "project, local" | "project" | "user";
  readonly path: string;
}

/** Where an administrator's settings are. */
const MANAGED_DIRECTORY =
  process.platform === "darwin" ? "/Library/Application Support/ClaudeCode" : "/etc/claude-code";

/**
 * @param project the directory of the session, absolute
 * @param claudeDir the user's Claude Code directory
 */
export function settingsLayers(
  project: string,
  claudeDir: string,
  managed = MANAGED_DIRECTORY,
): SettingsLayer[] {
  const layers = [
    ...managedFiles(managed).map((path) => ({ name: "managed", path }) as const),
    ...localFiles(project).map((path) => ({ name: "project, local", path }) as const),
    { name: "project", path: join(project, ".claude/settings.json") },
    { name: "user", path: join(claudeDir, "settings.json") },
  ] as const;
  const seen = new Set<string>();
  return layers.flatMap(({ name, path }) => {
    // In the home directory the project's file is the user's.
    if (seen.has(path)) return [];
    seen.add(path);
    const facts = readSettingsFile(path);
    return facts === undefined ? [] : [{ name, path, ...facts }];
  });
}

/** The client takes the local file of the working tree's root before that of the directory, the shared one never. */
function localFiles(project: string): string[] {
  const root = readHead(project)?.root ?? project;
  return [root, project].map((directory) => join(directory, ".claude/settings.local.json"));
}

/** `managed-settings.json`, and before it the files of `managed-settings.d`, the last name first. */
function managedFiles(directory: string): string[] {
  const further = join(directory, "managed-settings.d");
  return [
    ...names(further)
      .filter((name) => name.endsWith(".json"))
      .sort()
      .reverse()
      .map((name) => join(further, name)),
    join(directory, "managed-settings.json"),
  ];
}

function names(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    // There is none nearly everywhere; one that may not be read is not read by the client either.
    return [];
  }
}
