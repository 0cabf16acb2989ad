/**
 * What `display` hands to the `gather` that it starts: one environment variable, because all three descriptors of a
 * detached pass are /dev/null and no pipe may outlive the starter.
 */
import { amount, field, flag, type Json, text } from "../claude/json.ts";
import type { Limit, Payload } from "../claude/payload.ts";

/** The variable's name. */
export const HANDOVER_VARIABLE = "PLIMSOLL_HANDOVER";

/** Everything a pass is told; each field may be absent, and a pass does what the others allow. Times are Unix ms. */
export interface Handover {
  readonly sessionId?: string;
  readonly sessionName?: string;
  readonly transcriptPath?: string;
  readonly cwd?: string;
  /** Where the session was started: no program in there is run either. */
  readonly projectDir?: string;
  readonly model?: string;
  /** The client's bill of the session so far. */
  readonly costUsd?: number;
  readonly contextPercent?: number;
  readonly contextWindow?: number;
  readonly limits?: { readonly fiveHour?: Limit; readonly sevenDay?: Limit };
  /** The working tree's root, as `display` names the repository's state file. */
  readonly root?: string;
  /** The Claude Code directory, as `display` names the account's state file. */
  readonly claudeDir?: string;
  readonly configPath?: string;
  /** The client's process (`CLAUDE_PID`). */
  readonly clientPid?: number;
  /** The session pays by API key: an account's limits are not its own. */
  readonly apiKey?: boolean;
  /** The payload's own text, for `plimsoll doctor` to replay; absent when it is larger than PAYLOAD_LIMIT. */
  readonly payload?: string;
}

/** The largest payload that is handed over as it came. Real ones have two kilobytes. Bytes. */
export const PAYLOAD_LIMIT = 16 * 1024;

/** What of a payload a pass needs. */
export function handoverOf(payload: Payload): Handover {
  const { limits } = payload;
  return {
    ...present("sessionId", payload.sessionId),
    ...present("sessionName", payload.sessionName),
    ...present("transcriptPath", payload.transcriptPath),
    ...present("cwd", payload.cwd),
    ...present("projectDir", payload.projectDir),
    ...present("model", payload.model.id),
    ...present("costUsd", payload.cost.usd),
    ...present("contextPercent", payload.context.usedPercent),
    ...present("contextWindow", payload.context.window),
    ...(limits && {
      limits: { ...present("fiveHour", limits.fiveHour), ...present("sevenDay", limits.sevenDay) },
    }),
  };
}

/** @returns the variable's value */
export const encodeHandover = (handover: Handover): string => JSON.stringify(handover);

/** Total: a value that is not ours gives an empty handover. */
export function decodeHandover(value: string | undefined): Handover {
  const json = parse(value);
  const limits = field(json, "limits");
  const fiveHour = readLimit(field(limits, "fiveHour"));
  const sevenDay = readLimit(field(limits, "sevenDay"));
  return {
    ...present("sessionId", text(field(json, "sessionId"))),
    ...present("sessionName", text(field(json, "sessionName"))),
    ...present("transcriptPath", text(field(json, "transcriptPath"))),
    ...present("cwd", text(field(json, "cwd"))),
    ...present("projectDir", text(field(json, "projectDir"))),
    ...present("model", text(field(json, "model"))),
    ...present("costUsd", amount(field(json, "costUsd"))),
    ...present("contextPercent", amount(field(json, "contextPercent"))),
    ...present("contextWindow", amount(field(json, "contextWindow"))),
    ...(fiveHour || sevenDay
      ? { limits: { ...present("fiveHour", fiveHour), ...present("sevenDay", sevenDay) } }
      : {}),
    ...present("root", text(field(json, "root"))),
    ...present("claudeDir", text(field(json, "claudeDir"))),
    ...present("configPath", text(field(json, "configPath"))),
    ...present("clientPid", amount(field(json, "clientPid"))),
    ...present("apiKey", flag(field(json, "apiKey"))),
    ...present("payload", text(field(json, "payload"), PAYLOAD_LIMIT)),
  };
}

function parse(value: string | undefined): Json {
  try {
    return JSON.parse(value ?? "null");
  } catch {
    // Somebody else's value: a pass then finds out for itself, or says that it was told nothing.
    return undefined;
  }
}

function readLimit(json: Json): Limit | undefined {
  const usedPercent = amount(field(json, "usedPercent"));
  if (usedPercent === undefined) return undefined;
  return { usedPercent, ...present("resetsAt", amount(field(json, "resetsAt"))) };
}

/** `{ [name]: value }`, or nothing when there is no value, as `exactOptionalPropertyTypes` asks. */
function present<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { [K in Name]?: Exclude<Value, undefined> } {
  return (value === undefined ? {} : { [name]: value }) as { [K in Name]?: Exclude<Value, undefined> };
}
