/** Everything that one render knows, resolved once: stdin, environment, `.git/HEAD`, state files, settings. */
import { accountDirectory } from "../claude/account-directory.ts";
import { readHead } from "../claude/head.ts";
import type { Payload } from "../claude/payload.ts";
import type { LoadedConfig } from "../config/load.ts";
import type { Context } from "../line/context.ts";
import type { Environment } from "../os/environment.ts";
import { realPath } from "../os/ffi/file.ts";
import { localTime } from "../os/ffi/time.ts";
import { type StatePaths, statePaths } from "../state/paths.ts";
import { readState } from "../state/scopes.ts";
import { receivePayload } from "./payload.ts";
import { readTerminal } from "./terminal.ts";

/** What a render knows beside what it draws: for the hand-over to `gather`. */
export interface RenderInputs {
  readonly context: Context;
  /** The payload as it came; absent when none did. */
  readonly payloadBytes: Uint8Array | undefined;
  /** Where state is kept; absent when there is no such place, and so nothing to gather for. */
  readonly state: StatePaths | undefined;
  /** The working tree's root without symlinks, as its state file is named. */
  readonly root: string | undefined;
  /** The Claude Code directory without symlinks, as the account's state file is named. */
  readonly claudeDir: string | undefined;
  /** The configuration changed since its validated form was written. */
  readonly configChanged: boolean;
}

/**
 * Resolve a render's inputs. Reads stdin and at most four state files; never throws for what it finds there.
 * @param env the process's environment
 * @param found the settings in force
 * @param now Unix milliseconds
 */
export function resolveInputs(env: Environment, found: LoadedConfig, now: number): RenderInputs {
  const { config, error, changed } = found;
  const received = receivePayload(env);
  const paths = statePaths(env);
  const { payload } = received;
  const session = paths && payload.sessionId ? readState(paths, "session", payload.sessionId) : undefined;
  const directory = payload.cwd ?? session?.cwd;
  const head = directory === undefined ? undefined : readHead(directory);
  const root = head && (realPath(head.root) ?? head.root);
  const claudeDir = accountDirectory(payload.transcriptPath, env);
  const repo = paths && root ? readState(paths, "repo", root) : undefined;
  const account = paths && claudeDir ? readState(paths, "account", claudeDir) : undefined;
  return {
    payloadBytes: received.bytes,
    state: paths,
    root,
    claudeDir,
    configChanged: changed !== undefined,
    context: {
      now,
      localTime,
      payload: directory === payload.cwd ? payload : { ...payload, cwd: directory },
      apiKey: paysByKey(payload, env),
      terminal: readTerminal(env, config),
      config,
      home: env.HOME,
      payloadError: received.error,
      head,
      session,
      repo,
      account,
      configError: error,
    },
  };
}

const KEY_VARIABLES = [
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_AUTH_TOKEN",
  "CLAUDE_CODE_USE_BEDROCK",
  "CLAUDE_CODE_USE_VERTEX",
  "CLAUDE_CODE_USE_FOUNDRY",
];

/** Subscriptions send limits from the first reply on; before it, only the environment can tell. */
function paysByKey(payload: Payload, env: Environment): boolean {
  if (payload.limits !== undefined) return false;
  if (payload.context.usedTokens !== undefined) return true;
  for (const name of KEY_VARIABLES) if (env[name]) return true;
  return false;
}
