/**
 * Claude Code's settings files, read as the client reads them (2.1.330, measured). Never written here.
 *
 * `--settings` on the client's command line ranks between the managed files and the project's; it cannot be seen from
 * here.
 */
import { join } from "node:path";
import { JsonTextError, parseText, positionAt } from "../json-text/tree.ts";
import { entryNames } from "../os/io/entries.ts";
import { readRegularFile } from "../os/io/regular-file.ts";
import { readHead } from "./head.ts";
import { at, count, field, isObject, type Json, text } from "./json.ts";

/** Larger files are not read. Bytes. */
export const SETTINGS_LIMIT = 32 * 1024 * 1024;

/** The settings of one file that affect the line. */
interface ClaudeSettings {
  /** Why the client skips the whole file. */
  readonly problem?: string;
  /** `statusLine.command`. */
  readonly command?: string;
  /** `statusLine` is present, valid or not. */
  readonly hasStatusLine: boolean;
  /** `disableAllHooks`. */
  readonly disablesHooks?: boolean;
  /** `allowManagedHooksOnly`: in a managed file it allows managed lines only. */
  readonly managedOnly: boolean;
  /** Absent when the file has none of them. */
  readonly autoCompact?: AutoCompactSettings;
  /** `theme`, if the client accepts it: one of `CLAUDE_THEMES`, or "custom:" and a name. */
  readonly theme?: string;
}

/** The client's own themes; "auto" follows the terminal. */
const CLAUDE_THEMES = [
  "auto",
  "dark",
  "light",
  "dark-daltonized",
  "light-daltonized",
  "dark-ansi",
  "light-ansi",
];

/** When the client compacts automatically. */
export interface AutoCompactSettings {
  /** `autoCompactEnabled`. */
  readonly enabled?: boolean;
  /** `autoCompactWindow`. Tokens. */
  readonly window?: number | "auto";
  /** `modelSettings.<model>.autoCompactWindow`. Tokens. */
  readonly byModel?: Readonly<Record<string, number | "auto">>;
}

/** One settings file that exists. */
export interface SettingsLayer extends ClaudeSettings {
  readonly name: "managed" | "project, local" | "project" | "user";
  readonly path: string;
}

/** The administrator's settings. */
const MANAGED_DIRECTORY =
  process.platform === "darwin" ? "/Library/Application Support/ClaudeCode" : "/etc/claude-code";

/**
 * @param project the session's directory, absolute
 * @param claudeDir the user's Claude Code directory
 * @returns the existing files, highest precedence first
 */
export function settingsLayers(
  project: string,
  claudeDir: string,
  managed = MANAGED_DIRECTORY,
): SettingsLayer[] {
  // The working tree root's local file ranks before the directory's; its shared file is not read at all.
  const root = readHead(project)?.root ?? project;
  const layers = [
    ...managedFiles(managed).map((path) => ({ name: "managed", path }) as const),
    { name: "project, local", path: join(root, ".claude/settings.local.json") },
    { name: "project, local", path: join(project, ".claude/settings.local.json") },
    { name: "project", path: join(project, ".claude/settings.json") },
    { name: "user", path: join(claudeDir, "settings.json") },
  ] as const;
  const seen = new Set<string>();
  return layers.flatMap(({ name, path }) => {
    // In the home directory the project's file is the user's.
    if (seen.has(path)) return [];
    seen.add(path);
    const settings = readSettingsFile(path);
    return settings === undefined ? [] : [{ name, path, ...settings }];
  });
}

/** The administrator's and the user's settings files, highest precedence first; they need not exist. */
export const userSettingsFiles = (claudeDir: string, managed = MANAGED_DIRECTORY): string[] => [
  ...managedFiles(managed),
  join(claudeDir, "settings.json"),
];

/** `managed-settings.d/*.json`, last name first, then `managed-settings.json`. */
function managedFiles(directory: string): string[] {
  const dropIns = join(directory, "managed-settings.d");
  return [
    ...entryNames(dropIns)
      .filter((name) => name.endsWith(".json"))
      .sort()
      .reverse()
      .map((name) => join(dropIns, name)),
    join(directory, "managed-settings.json"),
  ];
}

/** @returns undefined for a missing file */
export function readSettingsFile(path: string): ClaudeSettings | undefined {
  const none = { hasStatusLine: false, managedOnly: false };
  let content: string | undefined;
  try {
    // Invalid UTF-8 becomes U+FFFD, as in the client.
    const { bytes } = readRegularFile(path, { limit: SETTINGS_LIMIT });
    content = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    return { ...none, problem: code ?? message };
  }
  const json = parse(content);
  if ("problem" in json) return { ...none, ...json };
  const problem = shapeProblem(json.value);
  const command = text(at(json.value, "statusLine", "command"));
  const disables = field(json.value, "disableAllHooks");
  return {
    ...(problem === undefined ? {} : { problem }),
    ...(command === undefined ? {} : { command }),
    hasStatusLine: field(json.value, "statusLine") !== undefined,
    ...(typeof disables === "boolean" ? { disablesHooks: disables } : {}),
    managedOnly: field(json.value, "allowManagedHooksOnly") === true,
    ...autoCompactOf(json.value),
    ...themeOf(json.value),
  };
}

function themeOf(json: Json): { theme?: string } {
  const theme = acceptedTheme(field(json, "theme"));
  return theme === undefined ? {} : { theme };
}

/** @returns the value if the client accepts it as a theme */
export function acceptedTheme(value: Json): string | undefined {
  const name = text(value, 200);
  return name !== undefined && (CLAUDE_THEMES.includes(name) || name.startsWith("custom:"))
    ? name
    : undefined;
}

function autoCompactOf(json: Json): { autoCompact?: AutoCompactSettings } {
  const enabled = field(json, "autoCompactEnabled");
  const window = sizeOf(field(json, "autoCompactWindow"));
  const models = field(json, "modelSettings");
  const byModel: Record<string, number | "auto"> = {};
  for (const [model, settings] of isObject(models) ? Object.entries(models) : []) {
    const size = sizeOf(field(settings, "autoCompactWindow"));
    if (size !== undefined) byModel[model] = size;
  }
  const autoCompact = {
    ...(typeof enabled === "boolean" ? { enabled } : {}),
    ...(window === undefined ? {} : { window }),
    ...(Object.keys(byModel).length === 0 ? {} : { byModel }),
  };
  return Object.keys(autoCompact).length === 0 ? {} : { autoCompact };
}

const sizeOf = (value: Json): number | "auto" | undefined =>
  value === "auto" ? value : count(value) || undefined;

/** An empty file is an empty object; a byte order mark is skipped. */
function parse(content: string): { value: Json } | { problem: string } {
  const json = content.replace(/^\ufeff/, "");
  if (json.trim() === "") return { value: {} };
  try {
    return { value: JSON.parse(json) };
  } catch (error) {
    return { problem: locateSyntaxError(content) ?? (error as Error).message };
  }
}

/** @returns "line 3, column 5: comments are not allowed" */
function locateSyntaxError(content: string): string | undefined {
  try {
    parseText(content);
    return undefined;
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    const { line, column } = positionAt(content, error.at);
    return `line ${line}, column ${column}: ${error.message}`;
  }
}

/** The client validates the settings it knows, and skips the whole file for one invalid value. */
function shapeProblem(json: Json): string | undefined {
  if (!isObject(json)) return "it is not an object";
  const line = field(json, "statusLine");
  const disables = field(json, "disableAllHooks");
  if (disables !== undefined && typeof disables !== "boolean") return "'disableAllHooks' is not a boolean";
  if (line === undefined) return undefined;
  if (!isObject(line)) return "'statusLine' is not an object";
  if (line.type !== "command") return `'statusLine.type' is not "command"`;
  if (typeof line.command !== "string") return "'statusLine.command' is not a string";
  return line.padding === undefined || typeof line.padding === "number"
    ? undefined
    : "'statusLine.padding' is not a number";
}
