/**
 * What `display` hands to the `gather` that it starts: the raw payload, and the facts that display has resolved. In one
 * environment variable, because all three descriptors of a detached pass are /dev/null, and no pipe may outlive the
 * process that starts it.
 */
import { amount, field, flag, type Json, parseJson, text } from "../claude/json.ts";
import { type Limit, type Payload, readPayload } from "../claude/payload.ts";

export const HANDOVER_VARIABLE = "PLIMSOLL_HANDOVER";

/** The largest payload that is handed over unchanged. Real ones have two kilobytes. Bytes. */
export const PAYLOAD_LIMIT = 16 * 1024;

/** What a pass is about. Every fact may be missing: a pass does what the others allow. */
export interface PassRequest {
  readonly payload: Payload;
  /** The raw payload, for `plimsoll doctor` to replay; missing when none came, or when it exceeds PAYLOAD_LIMIT. */
  readonly payloadText?: string | undefined;
  /** The real path of the working tree's root: it names the repository's state file. */
  readonly root?: string | undefined;
  /** The real path of the Claude Code directory: it names the account's state file. */
  readonly claudeDir?: string | undefined;
  readonly configPath?: string | undefined;
  /** The client's process (`CLAUDE_PID`). */
  readonly clientPid?: number | undefined;
  /** The session pays by API key: its account's limits do not apply to it. */
  readonly apiKey?: boolean | undefined;
}

/** @returns the variable's value. Without the raw payload, it has the payload's fields that a pass uses */
export function encodeHandover({ payload, payloadText, ...facts }: PassRequest): string {
  return JSON.stringify({ ...facts, payload: payloadText ?? rawFields(payload) });
}

/** Never throws: an invalid value gives an empty request. */
export function decodeHandover(value: string | undefined): PassRequest {
  const json = parseJson(value);
  const payload = field(json, "payload");
  const payloadText = text(payload, PAYLOAD_LIMIT);
  return {
    payload: readPayload(payloadText === undefined ? payload : parseJson(payloadText)),
    payloadText,
    root: text(field(json, "root")),
    claudeDir: text(field(json, "claudeDir")),
    configPath: text(field(json, "configPath")),
    clientPid: amount(field(json, "clientPid")),
    apiKey: flag(field(json, "apiKey")),
  };
}

/** The inverse of `readPayload`, for the fields that a pass uses. */
const rawFields = (payload: Payload): Json => ({
  session_id: payload.sessionId,
  session_name: payload.sessionName,
  transcript_path: payload.transcriptPath,
  workspace: { current_dir: payload.cwd, project_dir: payload.projectDir },
  model: { id: payload.model.id },
  cost: { total_cost_usd: payload.cost.usd },
  context_window: {
    context_window_size: payload.context.window,
    used_percentage: payload.context.usedPercent,
  },
  rate_limits: {
    five_hour: rawLimit(payload.limits?.fiveHour),
    seven_day: rawLimit(payload.limits?.sevenDay),
  },
});

const rawLimit = (limit: Limit | undefined): Json =>
  limit && { used_percentage: limit.usedPercent, resets_at: limit.resetsAt };
