/** The client's own `.claude.json` (Claude Code 2.1.330): account, trusted folders, legacy settings. Read only. */
import { readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Environment } from "../os/environment.ts";
import { realPath } from "../os/ffi/file.ts";
import { readHead } from "./head.ts";
import { at, field, isObject, type Json, parseJson, text } from "./json.ts";

/** The file grows with the projects' history. Bytes. */
const LIMIT = 32 * 1024 * 1024;

/** @returns `oauthAccount.accountUuid`; undefined when logged out or unknown */
export const accountId = (claudeDir: string): string | undefined =>
  firstIn(claudeDir, (json) => text(at(json, "oauthAccount", "accountUuid"), 100));

/** @returns `autoCompactEnabled`, which earlier clients kept here */
export const legacyAutoCompact = (claudeDir: string): boolean | undefined =>
  firstIn(claudeDir, (json) => {
    const enabled = field(json, "autoCompactEnabled");
    return typeof enabled === "boolean" ? enabled : undefined;
  });

/**
 * `theme`, which earlier clients kept here. The client removes it when it is the default (measured).
 * @returns `hasRun`: whether the client has written the file, and so has a default
 */
export function legacyTheme(claudeDir: string): { readonly theme: Json; readonly hasRun: boolean } {
  let hasRun = false;
  const theme = firstIn(claudeDir, (json) => {
    hasRun ||= isObject(json);
    return field(json, "theme");
  });
  return { theme, hasRun };
}

/**
 * Whether the user marked a folder as trusted. Trust extends to the folders below; above the root of the working
 * tree it does not count. Paths are compared without symlinks (measured).
 * @param directory absolute
 * @returns undefined when unknown: the client never ran, or its file cannot be read
 */
export function isTrusted(directory: string, { CLAUDE_CONFIG_DIR, HOME }: Environment): boolean | undefined {
  const place = CLAUDE_CONFIG_DIR || HOME;
  const json = place ? readClientFile(join(place, ".claude.json")) : undefined;
  if (json === undefined) return undefined;
  const real = realPath(directory) ?? directory;
  const last = readHead(real)?.root ?? "/";
  for (let folder = real; ; folder = dirname(folder)) {
    if (at(json, "projects", folder, "hasTrustDialogAccepted") === true) return true;
    if (folder === last || folder === "/") return false;
  }
}

/** Search `<directory>/.claude.json`, then `~/.claude.json` for the default directory. */
function firstIn<Value>(claudeDir: string, read: (json: Json) => Value | undefined): Value | undefined {
  const inside = join(claudeDir, ".claude.json");
  const beside = basename(claudeDir) === ".claude" ? [join(dirname(claudeDir), ".claude.json")] : [];
  for (const path of [inside, ...beside]) {
    const value = read(readClientFile(path));
    if (value !== undefined) return value;
  }
  return undefined;
}

/** @returns undefined when missing, unreadable or being written */
function readClientFile(path: string): Json {
  try {
    const facts = statSync(path, { throwIfNoEntry: false });
    if (!facts?.isFile() || facts.size > LIMIT) return undefined;
    return parseJson(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
