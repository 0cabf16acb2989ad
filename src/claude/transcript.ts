/**
 * Usage and bills on single lines of a transcript.
 *
 * Lines are parsed field by field: a wrong type costs only its own field. Usage is on lines of type `assistant` at
 * `message.usage`, one line per content block, each repeating all of it; the bill is the `cost-state` line that the client
 * writes when a session ends (both Claude Code 2.1.331).
 */
import type { TokenCounts, UsageCounts } from "./token-counts.ts";

/** An assistant message, from one of its lines. */
export interface UsageLine extends UsageCounts {
  /** From the API; absent on some old lines. */
  readonly id: string | undefined;
  readonly requestId: string | undefined;
  /** The line's own id. */
  readonly uuid: string | undefined;
  readonly sessionId: string | undefined;
  readonly model: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly sidechain: boolean;
  /** As served: "standard", "fast"; absent on old lines. */
  readonly speed: string | undefined;
  /** Region of inference: "us", "global", "not_available"; absent on old lines. */
  readonly geo: string | undefined;
  /** The line has a stop reason: its counts are final. */
  readonly final: boolean;
  /** Input tokens of the smallest and the largest of several requests behind the message; absent for a single one. */
  readonly requests: { readonly least: number; readonly most: number } | undefined;
  /** On lines of old clients. USD. */
  readonly costUsd: number | undefined;
}

/** The usage and cost of one model in a session so far. */
export interface ModelBill extends UsageCounts {
  readonly costUsd: number;
}

/** A `cost-state` line: the cost of the session so far, cumulative over resumes. */
export interface BillLine {
  readonly sessionId: string | undefined;
  readonly totalUsd: number;
  /** When the client began to count: after a kill and a resume it may have lost what was before. */
  readonly since: number | undefined;
  readonly models: Readonly<Record<string, ModelBill>>;
}

type JsonObject = Record<string, unknown>;

/** In every line with usage, and few others. */
export const USAGE_MARKER = '"usage":{';
/** The start of every bill; it also has the key `modelUsage`. */
export const BILL_MARKER = '{"type":"cost-state"';

/**
 * The usage on one line: that of the message, and one for each advisor it consulted (`usage.iterations`).
 * @returns an empty list for other lines, error messages, and messages that no model wrote
 */
export function readUsage(line: string): UsageLine[] {
  const parsed = parse(line);
  const entry = parsed?.type === "progress" ? agentMessage(parsed) : parsed;
  if (entry?.type !== "assistant" || entry.isApiErrorMessage === true) return [];
  const message = fields(entry.message);
  const usage = fields(message?.usage);
  const model = text(message?.model);
  const at = parseTime(text(entry.timestamp) ?? "");
  if (!message || !usage || model === undefined || model.startsWith("<") || !isPlausible(at)) return [];
  const iterations = Array.isArray(usage.iterations) ? usage.iterations : [];
  const own: UsageLine = {
    ...tokensOf(usage),
    id: text(message.id),
    requestId: text(entry.requestId),
    uuid: text(entry.uuid),
    sessionId: text(entry.sessionId),
    model,
    at,
    sidechain: entry.isSidechain === true,
    speed: text(usage.speed),
    geo: text(usage.inference_geo),
    final: text(message.stop_reason) !== undefined,
    requests: iterations.length > 1 ? requestsOf(iterations, usage) : undefined,
    webSearches: count(fields(usage.server_tool_use)?.web_search_requests),
    costUsd: typeof entry.costUSD === "number" && entry.costUSD >= 0 ? entry.costUSD : undefined,
  };
  return iterations.length === 0 ? [own] : [own, ...advisors(iterations, own)];
}

/**
 * The message in a progress line of a subagent or a forked skill, as a line of the agent's own file. Clients 2.1.12 to
 * 2.1.42 wrote them into the session's transcript; the agent's file, if there is one, has the same message ids and the
 * final counts.
 * @returns undefined for other progress lines
 */
function agentMessage(entry: JsonObject): JsonObject | undefined {
  const message = fields(fields(entry.data)?.message);
  return message && { timestamp: entry.timestamp, sessionId: entry.sessionId, ...message, isSidechain: true };
}

const TOKEN_FIELDS = [
  "input_tokens",
  "output_tokens",
  "cache_read_input_tokens",
  "cache_creation_input_tokens",
] as const;

/**
 * The requests behind a message, if tools on the server made several. As in the client they must add up to the usage
 * of the message: otherwise it counts as one request.
 */
function requestsOf(iterations: readonly unknown[], usage: JsonObject): UsageLine["requests"] {
  const own = iterations.map(fields).filter((iteration) => iteration?.type === "message");
  const addsUp = TOKEN_FIELDS.every(
    (name) => own.reduce((sum, each) => sum + count(each?.[name]), 0) === count(usage[name]),
  );
  if (own.length < 2 || !addsUp) return undefined;
  const inputs = own.map(
    (each) =>
      count(each?.input_tokens) +
      count(each?.cache_read_input_tokens) +
      count(each?.cache_creation_input_tokens),
  );
  return { least: Math.min(...inputs), most: Math.max(...inputs) };
}

/** The usage of an advisor is not part of that of the message. Its id is derived from the message's. */
function advisors(iterations: readonly unknown[], message: UsageLine): UsageLine[] {
  return iterations.flatMap((iteration, index) => {
    const usage = fields(iteration);
    const model = text(usage?.model);
    if (usage?.type !== "advisor_message" || model === undefined || model.startsWith("<")) return [];
    const suffix = `:advisor:${index}`;
    return [
      {
        ...message,
        ...tokensOf(usage),
        id: message.id === undefined ? undefined : message.id + suffix,
        uuid: message.uuid === undefined ? undefined : message.uuid + suffix,
        model,
        speed: text(usage.speed),
        requests: undefined,
        webSearches: 0,
        costUsd: undefined,
      },
    ];
  });
}

/**
 * The flat count of cache writes is the sum of both kinds. What the breakdown does not cover, as with gateways that send
 * zeros, is charged as five-minute writes by the client.
 * @param usage `message.usage` of a line
 */
export function tokensOf(usage: Readonly<JsonObject>): TokenCounts {
  const writes = fields(usage.cache_creation);
  const cacheWrite1h = count(writes?.ephemeral_1h_input_tokens);
  return {
    input: count(usage.input_tokens),
    output: count(usage.output_tokens),
    cacheRead: count(usage.cache_read_input_tokens),
    cacheWrite5m: Math.max(
      count(writes?.ephemeral_5m_input_tokens),
      count(usage.cache_creation_input_tokens) - cacheWrite1h,
    ),
    cacheWrite1h,
  };
}

/** Plausible times of messages: reports go through every week from the first to the last. */
const [EARLIEST, LATEST] = [Date.UTC(2000, 0), Date.UTC(2200, 0)];

const isPlausible = (at: number): boolean => at >= EARLIEST && at < LATEST;

let newestDay = "";
let newestDayStart = Number.NaN;

/** RFC 3339 as the client writes it (`2026-11-21T19:41:07.963Z`), several times as fast as `Date.parse`. */
function parseTime(text: string): number {
  if (text.length !== 24 || text.charCodeAt(10) !== 84 || text.charCodeAt(23) !== 90) return Date.parse(text);
  const day = text.slice(0, 10);
  if (day !== newestDay) {
    newestDay = day;
    newestDayStart = Date.parse(day);
  }
  const digit = (at: number) => text.charCodeAt(at) - 48;
  const [hour, minute] = [digit(11) * 10 + digit(12), digit(14) * 10 + digit(15)];
  const ms = digit(17) * 10_000 + digit(18) * 1000 + digit(20) * 100 + digit(21) * 10 + digit(22);
  if (!(hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && ms >= 0 && ms < 60_000))
    return Date.parse(text);
  return newestDayStart + hour * 3_600_000 + minute * 60_000 + ms;
}

/** @returns the bill on a `cost-state` line; undefined for other lines and for one without a total */
export function readBill(line: string): BillLine | undefined {
  const entry = parse(line);
  if (entry?.type !== "cost-state") return undefined;
  const totalUsd = entry.totalCostUSD;
  if (typeof totalUsd !== "number" || !(totalUsd >= 0)) return undefined;
  const models: Record<string, ModelBill> = {};
  for (const [model, value] of Object.entries(fields(entry.modelUsage) ?? {})) {
    const usage = fields(value);
    if (!usage) continue;
    const writes = count(usage.cacheCreationInputTokens);
    const oneHour = count(usage.cacheCreationEphemeral1hInputTokens);
    models[model] = {
      input: count(usage.inputTokens),
      output: count(usage.outputTokens),
      cacheRead: count(usage.cacheReadInputTokens),
      cacheWrite5m: Math.max(0, writes - oneHour),
      cacheWrite1h: oneHour,
      webSearches: count(usage.webSearchRequests),
      costUsd: typeof usage.costUSD === "number" ? usage.costUSD : 0,
    };
  }
  return { sessionId: text(entry.sessionId), totalUsd, since: count(entry.startTime) || undefined, models };
}

function parse(line: string): JsonObject | undefined {
  try {
    return fields(JSON.parse(line));
  } catch {
    // The client was killed while it wrote, or the file is not a transcript.
    return undefined;
  }
}

const fields = (value: unknown): JsonObject | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

const count = (value: unknown): number =>
  typeof value === "number" && value > 0 && value <= Number.MAX_SAFE_INTEGER ? Math.trunc(value) : 0;
