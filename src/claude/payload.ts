/**
 * The payload that Claude Code pipes to the status line command (client 2.1.331), as Plimsoll uses it.
 *
 * Not read: `workspace.cloud_dir` of cloud sessions (in the client's code, never seen). A remote session's cost arrives
 * as `cost.total_cost_usd`. The client redraws when the terminal's size changes.
 * Null, missing and wrong-typed fields are `undefined`, never 0: unknown is not zero.
 * Times are Unix milliseconds, durations milliseconds, money USD, percentages 0 to 100 and above.
 */
import { amount, count, field, flag, instant, isObject, type Json, text } from "./json.ts";

/** One rate limit window. */
export interface Limit {
  readonly usedPercent: number;
  readonly resetsAt?: number | undefined;
}

/** The limit of an account that pays beyond its subscription. */
interface SpendLimit extends Limit {
  readonly usedUsd?: number | undefined;
  readonly limitUsd?: number | undefined;
  readonly period?: string | undefined;
}

export type Payload = PayloadFields<ReturnType<typeof normalise>>;

/** Fields that may be undefined are optional. */
type PayloadFields<T> = T extends object
  ? { readonly [Key in keyof T as undefined extends T[Key] ? never : Key]: PayloadFields<T[Key]> } & {
      readonly [Key in keyof T as undefined extends T[Key] ? Key : never]?: PayloadFields<T[Key]>;
    }
  : T;

/**
 * Total: any JSON value gives a payload, at worst an empty one.
 * @param json the parsed stdin, or undefined without one
 */
export const readPayload: (json: Json) => Payload = normalise;

/** Object literals of a constant shape, with undefined for missing fields, cost a render a third of conditional fields. */
function normalise(json: Json) {
  const workspace = field(json, "workspace");
  const model = field(json, "model");
  const cost = field(json, "cost");
  const addedDirs = field(workspace, "added_dirs");
  return {
    sessionId: text(field(json, "session_id")),
    sessionName: text(field(json, "session_name")),
    transcriptPath: text(field(json, "transcript_path")),
    cwd: text(field(workspace, "current_dir")) ?? text(field(json, "cwd")),
    projectDir: text(field(workspace, "project_dir")),
    addedDirs: Array.isArray(addedDirs) ? addedDirs.length : 0,
    version: text(field(json, "version")),
    model: { id: text(field(model, "id")), name: text(field(model, "display_name")) },
    effort: text(field(field(json, "effort"), "level")),
    thinking: flag(field(field(json, "thinking"), "enabled")),
    fastMode: flag(field(json, "fast_mode")),
    outputStyle: text(field(field(json, "output_style"), "name")),
    vimMode: text(field(field(json, "vim"), "mode")),
    agent: text(field(field(json, "agent"), "name")),
    gitWorktree: text(field(workspace, "git_worktree")),
    repo: readRepo(field(workspace, "repo")),
    worktree: readWorktree(field(json, "worktree")),
    pullRequest: readPullRequest(field(json, "pr")),
    remote: text(field(field(json, "remote"), "session_id")) !== undefined,
    cost: {
      usd: amount(field(cost, "total_cost_usd")),
      durationMs: amount(field(cost, "total_duration_ms")),
      apiDurationMs: amount(field(cost, "total_api_duration_ms")),
      linesAdded: count(field(cost, "total_lines_added")),
      linesRemoved: count(field(cost, "total_lines_removed")),
    },
    context: readContext(json),
    limits: readLimits(field(json, "rate_limits")),
    cache: readCache(field(json, "prompt_cache")),
  };
}

function readRepo(json: Json) {
  if (!isObject(json)) return undefined;
  return {
    host: text(field(json, "host")),
    owner: text(field(json, "owner")),
    name: text(field(json, "name")),
  };
}

function readWorktree(json: Json) {
  if (!isObject(json)) return undefined;
  return {
    name: text(field(json, "name")),
    path: text(field(json, "path")),
    branch: text(field(json, "branch")),
    originalBranch: text(field(json, "original_branch")),
  };
}

/**
 * The client's percentage; if it sends only tokens, input and cache tokens over the whole window, as the client computes
 * it. After `/compact` the client (2.1.330) sends zeros, which mean unknown: no request has zero tokens.
 */
function readContext(json: Json) {
  const context = field(json, "context_window");
  const usage = field(context, "current_usage");
  const input = count(field(usage, "input_tokens"));
  const cacheWrite = count(field(usage, "cache_creation_input_tokens"));
  const cacheRead = count(field(usage, "cache_read_input_tokens"));
  const isKnown = input !== undefined || cacheWrite !== undefined || cacheRead !== undefined;
  const sum = isKnown ? (input ?? 0) + (cacheWrite ?? 0) + (cacheRead ?? 0) : undefined;
  const usedTokens = sum || undefined;
  const window = count(field(context, "context_window_size")) || undefined;
  const computed = usedTokens !== undefined && window ? (usedTokens / window) * 100 : undefined;
  return {
    window,
    usedPercent: sum === 0 ? undefined : (amount(field(context, "used_percentage")) ?? computed),
    /** Input and cache tokens of the newest request. */
    usedTokens,
    outputTokens: count(field(usage, "output_tokens")) || undefined,
    exceeds200k: flag(field(json, "exceeds_200k_tokens")),
  };
}

function readPullRequest(json: Json) {
  const number = count(field(json, "number"));
  if (number === undefined) return undefined;
  return {
    number,
    url: text(field(json, "url")),
    reviewState: text(field(json, "review_state")),
    kind: text(field(json, "kind")),
  };
}

function readLimit(json: Json): Limit | undefined {
  const usedPercent = amount(field(json, "used_percentage"));
  return usedPercent === undefined ? undefined : { usedPercent, resetsAt: instant(field(json, "resets_at")) };
}

/** @returns undefined without any limit; a subscription has at least one */
function readLimits(json: Json) {
  const fiveHour = readLimit(field(json, "five_hour"));
  const sevenDay = readLimit(field(json, "seven_day"));
  const spend = readSpendLimit(field(json, "spend_limit"));
  if (fiveHour === undefined && sevenDay === undefined && spend === undefined) return undefined;
  return { fiveHour, sevenDay, spend };
}

function readSpendLimit(json: Json): SpendLimit | undefined {
  const limit = readLimit(json);
  if (limit === undefined) return undefined;
  return {
    usedPercent: limit.usedPercent,
    resetsAt: limit.resetsAt,
    usedUsd: amount(field(json, "used_usd")),
    limitUsd: amount(field(json, "limit_usd")),
    period: text(field(json, "period")),
  };
}

function readCache(json: Json) {
  if (!isObject(json)) return undefined;
  return {
    warm: flag(field(json, "warm")),
    ttl: text(field(json, "ttl")),
    expiresAt: instant(field(json, "expires_at")),
    /** 0 to 1. */
    hitRatio: amount(field(json, "hit_ratio")),
    requests: count(field(json, "requests")),
    misses: count(field(json, "misses")),
    lastMissAt: instant(field(json, "last_miss_at")),
    lastMissCause: text(field(json, "last_miss_cause")),
    recacheTokensIfCold: count(field(json, "recache_tokens_if_cold")),
  };
}
