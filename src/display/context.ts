/** The inputs of one render: stdin, environment, `.git/HEAD`, state files, configuration. */
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
import { type ReceivedPayload, receivePayload } from "./payload.ts";
import { gatheredTheme, readTerminal } from "./terminal.ts";

/** What the line is drawn from, and what is handed over to `gather`. */
export interface RenderInputs {
  readonly context: Context;
  /** The raw payload; undefined when none came. */
  readonly payloadBytes: Uint8Array | undefined;
  /** Undefined without a state directory: then nothing is gathered. */
  readonly state: StatePaths | undefined;
  /** The real path of the working tree's root: it names the state file. */
  readonly root: string | undefined;
  /** The real path of the Claude Code directory: it names the account's state file. */
  readonly claudeDir: string | undefined;
  /** The configuration changed since the validated one was cached. */
  readonly configChanged: boolean;
}

/**
 * Resolve a render's inputs. Reads stdin and at most three state files; invalid content never throws.
 * @param now Unix milliseconds
 * @param received the payload; by default that on stdin
 */
export function resolveInputs(
  env: Environment,
  found: LoadedConfig,
  now: number,
  received: ReceivedPayload = receivePayload(env),
): RenderInputs {
  const { config, error, changed } = found;
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
      terminal: readTerminal(env, config, gatheredTheme(session, account)),
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
