/** Which account a Claude Code directory is logged in to: read only, from the client's own `.claude.json`. */
import { basename, dirname, join } from "node:path";
import { readClientFile } from "./client-file.ts";
import { at, text } from "./json.ts";

/**
 * The account's id: `oauthAccount.accountUuid` of `<directory>/.claude.json`, or of `~/.claude.json` for the default
 * directory (Claude Code 2.1.330).
 * @returns undefined when nobody is logged in, or it cannot be told
 */
export function accountId(claudeDir: string): string | undefined {
  const inside = join(claudeDir, ".claude.json");
  const beside = basename(claudeDir) === ".claude" ? join(dirname(claudeDir), ".claude.json") : undefined;
  for (const path of [inside, beside]) {
    const id = path === undefined ? undefined : readId(path);
    if (id !== undefined) return id;
  }
  return undefined;
}

function readId(path: string): string | undefined {
  return text(at(readClientFile(path), "oauthAccount", "accountUuid"), 100);
}
