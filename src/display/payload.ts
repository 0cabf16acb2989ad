/** The payload of one render: from stdin, or, when none comes in time, from the environment. */
import { CLOSE_BRACE, type FirstJson, firstJsonScanner, isBlank } from "../claude/first-json.ts";
import type { Json } from "../claude/json.ts";
import { type Payload, readPayload } from "../claude/payload.ts";
import type { Environment } from "../os/environment.ts";
import { readStdin, type StopReason } from "../os/io/stdio.ts";
import { PAYLOAD_WAIT_MS } from "../state/timeouts.ts";

/** Real payloads have some kilobytes. */
const MAX_BYTES = 4 * 1024 * 1024;

export interface ReceivedPayload {
  readonly payload: Payload;
  /** The JSON text that it was read from. */
  readonly bytes?: Uint8Array;
  /** Why there is no payload from stdin, in a few words. */
  readonly error?: string;
}

/** Read the first JSON value from stdin. Never throws, never waits longer than 200 ms. */
export function receivePayload(env: Environment): ReceivedPayload {
  let whole: Json;
  let scan: ReturnType<typeof firstJsonScanner> | undefined;
  let found = { state: "incomplete" } as FirstJson;
  const stdin = readStdin({
    isEnough: (bytes) => {
      // Nearly always the whole payload comes at once. Only otherwise is it scanned byte by byte.
      if (scan === undefined && endsObject(bytes)) whole = parse(bytes);
      if (whole !== undefined) return true;
      scan ??= firstJsonScanner();
      found = scan(bytes);
      return found.state !== "incomplete";
    },
    timeoutMs: PAYLOAD_WAIT_MS,
    maxBytes: MAX_BYTES,
  });
  let { bytes } = stdin;
  if (found.state === "complete") {
    bytes = bytes.subarray(found.start, found.end);
    whole = parse(bytes);
  }
  if (whole !== undefined) return { payload: readPayload(whole), bytes };
  const error =
    found.state === "complete" ? "stdin is not valid JSON" : explain(found, stdin.reason, stdin.bytes.length);
  return { payload: payloadFromEnvironment(env), error };
}

/** Whether the last byte that is not whitespace closes an object. */
function endsObject(bytes: Uint8Array): boolean {
  let last = bytes.length - 1;
  while (last > 0 && isBlank(bytes[last] as number)) last -= 1;
  return bytes[last] === CLOSE_BRACE;
}

/** @returns undefined for invalid JSON, or when it is nested deeper than the parser's stack */
function parse(bytes: Uint8Array): Json {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function explain(found: FirstJson, stopped: StopReason, length: number): string {
  if (found.state === "invalid") return found.reason;
  if (stopped === "too-large") return `the payload is larger than ${MAX_BYTES / 1024 / 1024} MiB`;
  if (stopped === "unreadable") return "stdin cannot be read";
  if (length === 0)
    return stopped === "timeout" ? `no payload within ${PAYLOAD_WAIT_MS} ms` : "stdin is empty";
  return stopped === "timeout"
    ? `the payload was not complete within ${PAYLOAD_WAIT_MS} ms`
    : "the payload was cut short";
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
