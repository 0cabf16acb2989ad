/**
 * The Claude Code directory of a session, which names its account's state. Shared by `display` and `gather`, which must
 * agree; no `node:` modules, for the display path.
 */
import type { Environment } from "../os/environment.ts";
import { realPath } from "../os/ffi/file.ts";

/**
 * From the transcript's path, `<directory>/projects/<slug>/…`, with the environment as fallback.
 * @returns the path, without symlinks where it exists; undefined when unknown
 */
export function accountDirectory(transcriptPath: string | undefined, env: Environment): string | undefined {
  const fromEnvironment = env.CLAUDE_CONFIG_DIR?.split(",")[0]?.trim() || (env.HOME && `${env.HOME}/.claude`);
  const directory = aboveProjects(transcriptPath) ?? fromEnvironment;
  return directory && (realPath(directory) ?? directory);
}

/** `<directory>` of `<directory>/projects/<slug>/<session>.jsonl`. */
function aboveProjects(transcriptPath: string | undefined): string | undefined {
  if (!transcriptPath?.startsWith("/")) return undefined;
  const slug = transcriptPath.lastIndexOf("/", transcriptPath.lastIndexOf("/") - 1);
  const projects = transcriptPath.lastIndexOf("/", slug - 1);
  return projects > 0 && transcriptPath.slice(projects, slug) === "/projects"
    ? transcriptPath.slice(0, projects)
    : undefined;
}
