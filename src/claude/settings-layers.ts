/**
 * Claude Code's settings files, read only, the strongest first (Claude Code 2.1.330). `--settings` on the client's
 * command line stands between the managed file and the project's; it cannot be seen from here.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { at, field, type Json, text } from "./json.ts";

/** One settings file that exists. */
export interface SettingsLayer {
  readonly name: "managed" | "project, local" | "project" | "user";
  readonly path: string;
  /** Why it cannot be read, in a few words. */
  readonly problem?: string;
  /** `statusLine.command`. */
  readonly command?: string;
  /** `statusLine` is there at all. */
  readonly hasStatusLine: boolean;
  readonly disablesHooks: boolean;
}

const MANAGED =
  process.platform === "darwin"
    ? "/Library/Application Support/ClaudeCode/managed-settings.json"
    : "/etc/claude-code/managed-settings.json";

/** @param project the directory of the session; @param claudeDir the user's Claude Code directory */
export function settingsLayers(project: string, claudeDir: string): SettingsLayer[] {
  const layers = [
    { name: "managed", path: MANAGED },
    { name: "project, local", path: join(project, ".claude/settings.local.json") },
    { name: "project", path: join(project, ".claude/settings.json") },
    { name: "user", path: join(claudeDir, "settings.json") },
  ] as const;
  const seen = new Set<string>();
  return layers.flatMap(({ name, path }) => {
    // In the home directory the project's file is the user's.
    if (seen.has(path)) return [];
    seen.add(path);
    const layer = readLayer(path);
    return layer === undefined ? [] : [{ name, path, ...layer }];
  });
}

function readLayer(path: string): Omit<SettingsLayer, "name" | "path"> | undefined {
  const none = { hasStatusLine: false, disablesHooks: false };
  let json: Json;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    return { ...none, problem: code ?? message };
  }
  const command = text(at(json, "statusLine", "command"));
  return {
    hasStatusLine: field(json, "statusLine") !== undefined,
    disablesHooks: field(json, "disableAllHooks") === true,
    ...(command === undefined ? {} : { command }),
  };
}

/** Whether a status line command is this program's `display`, by whatever path. */
export const isOurs = (command: string): boolean =>
  /(^|[\s/"'])plimsoll(["']?)\s+display(\s|$)/.test(command);
