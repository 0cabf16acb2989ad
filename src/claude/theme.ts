/**
 * Claude Code's own theme, as the client finds it (2.1.331: its code, and measured).
 *
 * `/theme` writes it to the user's settings; managed and project settings rank before these, and `.claude.json` of
 * earlier clients behind them. Without any, the client is dark, whether its first screens were shown or not. Before it
 * has run, its theme is not known. `--settings` cannot be seen from here.
 *
 * "auto" follows the background, which the client asks the terminal for. "custom:NAME" is `themes/NAME.json` in the
 * Claude Code directory; what counts here is the theme that it is based on.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { readSmallText } from "../os/io/file.ts";
import { legacyTheme } from "./client-file.ts";
import { field, isObject, parseJson } from "./json.ts";
import { acceptedTheme, readSettingsFile, settingsLayers, userSettingsFiles } from "./settings.ts";

interface NamedTheme {
  /** One of the client's own; missing when it is not known. */
  readonly name?: string;
  /** The user's own theme that is based on it. */
  readonly custom?: string;
  /** Its base is invalid: the client uses its default. */
  readonly baseIsInvalid?: boolean;
}

/** The theme of one Claude Code directory: the value of the part `theme`. */
interface UserTheme extends NamedTheme {
  /** No file sets it. */
  readonly isDefault?: boolean;
  /** The identity of the files read. */
  readonly files: string;
  /** Unix milliseconds. */
  readonly readAt: number;
}

/** `.claude.json` changes all the time, and grows: it is read once in this time. Milliseconds. */
const REREAD_MS = 60_000;

/** The client skips larger files of themes. Bytes. */
const THEME_FILE_LIMIT = 256 * 1024;

const CUSTOM = "custom:";
const DEFAULT = "dark";

/**
 * The theme in the settings of the user and the administrator. Files that have not changed are not read again. While one
 * cannot be read or parsed, as when it is being written, the theme stays.
 * @param before the previous value
 * @param now Unix milliseconds
 * @param force read the files again in any case
 */
export function userTheme(
  claudeDir: string,
  before: UserTheme | undefined,
  { now, force = false, managed }: { now: number; force?: boolean; managed?: string },
): UserTheme {
  const isRecent = !force && before !== undefined && before.readAt <= now && now - before.readAt < REREAD_MS;
  if (isRecent && !hasNewTheme(claudeDir, before, managed)) return before;
  const identify = (custom: string | undefined) => identityOf(filesOf(claudeDir, custom, managed));
  const layers = userSettingsFiles(claudeDir, managed).flatMap((path) => readSettingsFile(path) ?? []);
  const first = layers.find(({ problem, theme }) => problem !== undefined || theme !== undefined);
  if (first?.problem !== undefined && before)
    return { ...before, files: identify(before.custom), readAt: now };
  const set = layers.find(({ problem, theme }) => problem === undefined && theme !== undefined)?.theme;
  const found = set === undefined ? fallback(claudeDir) : resolve(claudeDir, set);
  return { ...found, files: identify(found.custom), readAt: now };
}

/** Whether the files that a theme was read from have changed since; cheap. */
export const hasNewTheme = (claudeDir: string, { files, custom }: UserTheme, managed?: string): boolean =>
  files !== identityOf(filesOf(claudeDir, custom, managed));

const filesOf = (claudeDir: string, custom: string | undefined, managed: string | undefined): string[] => [
  ...userSettingsFiles(claudeDir, managed),
  ...(custom === undefined ? [] : [themeFile(claudeDir, custom)]),
];

/**
 * The theme in the settings of a project, which ranks before the user's.
 * @param directory the session's, absolute
 * @returns undefined when the project sets none, or the administrator does
 */
export function projectTheme(directory: string, claudeDir: string, managed?: string): NamedTheme | undefined {
  const layers = settingsLayers(directory, claudeDir, managed);
  const found = layers.find(({ problem, theme }) => problem === undefined && theme !== undefined);
  if (found?.theme === undefined || found.name === "managed" || found.name === "user") return undefined;
  // In the home directory the user's settings are the project's.
  if (found.path === join(claudeDir, "settings.json")) return undefined;
  return resolve(claudeDir, found.theme);
}

/** No settings set it. */
function fallback(claudeDir: string): Pick<UserTheme, keyof NamedTheme | "isDefault"> {
  const { theme, hasRun } = legacyTheme(claudeDir);
  const legacy = acceptedTheme(theme);
  if (legacy !== undefined) return resolve(claudeDir, legacy);
  return hasRun ? { name: DEFAULT, isDefault: true } : {};
}

/** @param theme a value that the client accepts */
function resolve(claudeDir: string, theme: string): NamedTheme {
  if (!theme.startsWith(CUSTOM)) return { name: theme };
  const custom = theme.slice(CUSTOM.length);
  const json = parseJson(readSmallText(themeFile(claudeDir, custom), { limit: THEME_FILE_LIMIT }));
  // Missing: it may be a plugin's.
  if (!isObject(json)) return { custom };
  const base = acceptedTheme(field(json, "base"));
  const isOwn = base !== undefined && base !== "auto" && !base.startsWith(CUSTOM);
  return isOwn ? { custom, name: base } : { custom, name: DEFAULT, baseIsInvalid: true };
}

/** A name with a slash is invalid. */
const themeFile = (claudeDir: string, name: string): string =>
  join(claudeDir, "themes", `${name.replaceAll("/", "\0")}.json`);

/** Changes whenever one of the files does. */
const identityOf = (paths: readonly string[]): string =>
  paths
    .map((path) => {
      try {
        const facts = statSync(path, { throwIfNoEntry: false });
        return facts ? `${facts.ino} ${facts.size} ${facts.mtimeMs}` : "-";
      } catch {
        return "?";
      }
    })
    .join(", ");
