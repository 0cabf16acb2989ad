/** Claude Code's directories. For the transcripts in them see transcript-walk.ts. */
import { basename, join, resolve } from "node:path";
import type { Environment } from "../os/environment.ts";

/**
 * @returns the entries of `CLAUDE_CONFIG_DIR` (comma-separated), else `~/.claude` and
 *   `${XDG_CONFIG_HOME:-~/.config}/claude`; they need not exist
 */
export function claudeDirectories(env: Environment): string[] {
  const home = env.HOME;
  const listed = (env.CLAUDE_CONFIG_DIR ?? "")
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
  if (listed.length > 0) return unique(listed.map((entry) => configDirectory(entry, home)));
  const config =
    (env.XDG_CONFIG_HOME?.startsWith("/") && env.XDG_CONFIG_HOME) || (home && join(home, ".config"));
  return unique([home && join(home, ".claude"), config && join(config, "claude")].filter((each) => !!each));
}

/** As in other tools an entry may begin with `~`, or name the `projects` folder. */
function configDirectory(entry: string, home: string | undefined): string {
  const expanded = home && (entry === "~" || entry.startsWith("~/")) ? join(home, entry.slice(1)) : entry;
  const path = resolve(expanded);
  return basename(path) === "projects" ? resolve(path, "..") : path;
}

const unique = (paths: readonly (string | undefined)[]): string[] => [
  ...new Set(paths.filter((path) => path !== undefined)),
];
