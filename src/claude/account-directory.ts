/**
 * Which Claude Code directory a session belongs to: what an account's state is named by. `display` and `gather` must
 * agree on it, so both ask here; without `node:fs`, because a render does.
 */
import { realPath } from "../os/ffi/file.ts";

/**
 * The transcript lies in `<directory>/projects/<slug>/`; without one the environment names the directory.
 * @returns it without symlinks where it exists; undefined where nothing names one
 */
export function accountDirectory(
  transcriptPath: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
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
