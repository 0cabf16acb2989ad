/** Which account a Claude Code directory is logged in to: read only, from the client's own `.claude.json`. */
import { readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { at, text } from "./json.ts";

/** The file also holds projects and their history, and grows. Bytes. */
const LIMIT = 32 * 1024 * 1024;

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
  try {
    const facts = statSync(path, { throwIfNoEntry: false });
    if (!facts?.isFile() || facts.size > LIMIT) return undefined;
    return text(at(JSON.parse(readFileSync(path, "utf8")), "oauthAccount", "accountUuid"), 100);
  } catch {
    // Unreadable, or being written just now: then the account is not known in this pass, which mixes nothing.
    return undefined;
  }
}
