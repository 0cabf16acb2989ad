/** Claude Code's theme from the state files, for commands that draw without a render's other inputs. */
import { accountDirectory } from "../claude/account-directory.ts";
import { field, type Json, text } from "../claude/json.ts";
import type { Environment } from "../os/environment.ts";
import { statePaths } from "../state/paths.ts";
import { readState } from "../state/scopes.ts";
import { type ClaudeTheme, gatheredTheme } from "./terminal.ts";

/**
 * @param payload what the client sent, parsed: it names the session and its transcript
 * @returns undefined before a pass has found it
 */
export function storedTheme(payload: Json, env: Environment): ClaudeTheme | undefined {
  const paths = statePaths(env);
  const sessionId = text(field(payload, "session_id"));
  const claudeDir = accountDirectory(text(field(payload, "transcript_path")), env);
  return (
    paths &&
    gatheredTheme(
      sessionId === undefined ? undefined : readState(paths, "session", sessionId),
      claudeDir === undefined ? undefined : readState(paths, "account", claudeDir),
    )
  );
}
