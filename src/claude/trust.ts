/** Whether the user has told Claude Code to trust a folder: read only, from the client's own `.claude.json`. */
import { dirname, join } from "node:path";
import { realPath } from "../os/ffi/file.ts";
import { readClientFile } from "./client-file.ts";
import { readHead } from "./head.ts";
import { at } from "./json.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Trust in a folder holds below it, up to the root of a working tree: trust above that does not count. Paths count
 * without symlinks (Claude Code 2.1.330, measured).
 * @param directory absolute
 * @returns undefined when it cannot be told: the client has not been started yet, or its file cannot be read
 */
export function isTrusted(directory: string, env: Environment): boolean | undefined {
  const path = clientFile(env);
  const json = path === undefined ? undefined : readClientFile(path);
  if (json === undefined) return undefined;
  const real = realPath(directory) ?? directory;
  const last = readHead(real)?.root ?? "/";
  for (let folder = real; ; folder = dirname(folder)) {
    if (at(json, "projects", folder, "hasTrustDialogAccepted") === true) return true;
    if (folder === last || folder === "/") return false;
  }
}

/** In the directory that `CLAUDE_CONFIG_DIR` names, else beside `~/.claude`. */
function clientFile({ CLAUDE_CONFIG_DIR, HOME }: Environment): string | undefined {
  const directory = CLAUDE_CONFIG_DIR || HOME;
  return directory && join(directory, ".claude.json");
}
