/** The payload of one render: from stdin, or, when none comes in time, from the environment. */

import { readJsonFromStdin } from "../claude/first-json.ts";
import { type Payload, readPayload } from "../claude/payload.ts";
import type { Environment } from "../os/environment.ts";
import { PAYLOAD_WAIT_MS } from "../state/timeouts.ts";

export interface ReceivedPayload {
  readonly payload: Payload;
  /** The JSON text that it was read from. */
  readonly bytes?: Uint8Array;
  /** Why stdin has no payload, in a few words. */
  readonly error?: string;
}

/** Read a payload from stdin. Never throws, never waits longer than PAYLOAD_WAIT_MS. */
export function receivePayload(env: Environment): ReceivedPayload {
  const { json, bytes, error } = readJsonFromStdin(PAYLOAD_WAIT_MS);
  if (error === undefined) return { payload: readPayload(json), bytes };
  return { payload: payloadFromEnvironment(env), error };
}

/** Claude Code names session and project in the command's environment. */
function payloadFromEnvironment(env: Environment): Payload {
  const directory = env.CLAUDE_PROJECT_DIR ?? env.PWD;
  return readPayload({
    session_id: env.CLAUDE_CODE_SESSION_ID,
    cwd: directory,
    workspace: { project_dir: env.CLAUDE_PROJECT_DIR },
    effort: { level: env.CLAUDE_EFFORT },
  });
}
