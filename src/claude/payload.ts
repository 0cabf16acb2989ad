/**
 * What Claude Code pipes into the status line command (client 2.1.331), as Plimsoll uses it.
 *
 * The client also sends `workspace.cloud_dir` in cloud sessions (read from its code, not seen): no segment shows it. It
 * draws the line again when the terminal's columns or rows change, and sends a remote session's cost as
 * `cost.total_cost_usd`, so neither needs anything here.
 * Null, absent and wrong-typed are all `undefined` here, never 0: "not known" and "none" must not be confused.
 * Times are Unix milliseconds, durations milliseconds, money USD, percentages 0 to 100 and above.
 */
import { amount, count, field, flag, instant, isObject, type Json, text } from "./json.ts";

export interface Payload {
  readonly sessionId?: string | undefined;
  readonly sessionName?: string | undefined;
  readonly transcriptPath?: string | undefined;
  readonly cwd?: string | undefined;
  readonly projectDir?: string | undefined;
  readonly addedDirs: number;
  readonly version?: string | undefined;
  readonly model: { readonly id?: string | undefined; readonly name?: string | undefined };
  readonly effort?: string | undefined;
  readonly thinking?: boolean | undefined;
  readonly fastMode?: boolean | undefined;
  readonly outputStyle?: string | undefined;
  readonly vimMode?: string | undefined;
  readonly agent?: string | undefined;
  readonly gitWorktree?: string | undefined;
  readonly repo?:
    | {
        readonly host?: string | undefined;
        readonly owner?: string | undefined;
        readonly name?: string | undefined;
      }
    | undefined;
  readonly worktree?:
    | {
        readonly name?: string | undefined;
        readonly path?: string | undefined;
        readonly branch?: string | undefined;
        readonly originalBranch?: string | undefined;
      }
    | undefined;
  readonly pullRequest?:
    | {
        readonly number: number;
        readonly url?: string | undefined;
        readonly reviewState?: string | undefined;
        readonly kind?: string | undefined;
      }
    | undefined;
  readonly remote: boolean;
  readonly cost: {
    readonly usd?: number | undefined;
    readonly durationMs?: number | undefined;
    readonly apiDurationMs?: number | undefined;
    readonly linesAdded?: number | undefined;
    readonly linesRemoved?: number | undefined;
  };
  readonly context: {
    readonly window?: number | undefined;
    readonly usedPercent?: number | undefined;
    /** Input and cache tokens of the newest request: what the percentage is of. */
    readonly usedTokens?: number | undefined;
    readonly outputTokens?: number | undefined;
    readonly exceeds200k?: boolean | undefined;
  };
  readonly limits?:
    | {
        readonly fiveHour?: Limit | undefined;
        readonly sevenDay?: Limit | undefined;
        readonly spend?: SpendLimit | undefined;
      }
    | undefined;
  readonly cache?:
    | {
        readonly warm?: boolean | undefined;
        readonly ttl?: string | undefined;
        readonly expiresAt?: number | undefined;
        /** 0 to 1. */
        readonly hitRatio?: number | undefined;
        readonly requests?: number | undefined;
        readonly misses?: number | undefined;
        readonly lastMissAt?: number | undefined;
        readonly lastMissCause?: string | undefined;
        readonly recacheTokensIfCold?: number | undefined;
      }
    | undefined;
}

/** One rate limit window. */
export interface Limit {
  readonly usedPercent: number;
  readonly resetsAt?: number | undefined;
}

/** The limit of an account that pays for what goes beyond its subscription. */
export interface SpendLimit extends Limit {
  readonly usedUsd?: number | undefined;
  readonly limitUsd?: number | undefined;
  readonly period?: string | undefined;
}

/**
 * Normalise a payload. Total: any JSON value gives a payload, at worst an empty one.
 *
 * Fields that are absent are written as undefined: objects of one form each, made at once, cost a render a third of
 * what leaving fields out does.
 * @param json the parsed stdin, or undefined when there was none
 */
export function readPayload(json: Json): Payload {
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

function readRepo(json: Json): Payload["repo"] {
  if (!isObject(json)) return undefined;
  return {
    host: text(field(json, "host")),
    owner: text(field(json, "owner")),
    name: text(field(json, "name")),
  };
}

function readWorktree(json: Json): Payload["worktree"] {
  if (!isObject(json)) return undefined;
  return {
    name: text(field(json, "name")),
    path: text(field(json, "path")),
    branch: text(field(json, "branch")),
    originalBranch: text(field(json, "original_branch")),
  };
}

/**
 * The percentage is the client's where it sends one. A client that sends only tokens gets it computed from input and
 * cache tokens over the whole window, which is how the client itself defines it.
 *
 * After `/compact` the client (2.1.330) sends zeros: no request has none, so they mean that it does not know yet.
 */
function readContext(json: Json): Payload["context"] {
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
    usedTokens,
    outputTokens: count(field(usage, "output_tokens")) || undefined,
    exceeds200k: flag(field(json, "exceeds_200k_tokens")),
  };
}

function readPullRequest(json: Json): Payload["pullRequest"] {
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

/** @returns undefined when there is none: a subscription has at least one, and that tells it apart */
function readLimits(json: Json): Payload["limits"] {
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

function readCache(json: Json): Payload["cache"] {
  if (!isObject(json)) return undefined;
  return {
    warm: flag(field(json, "warm")),
    ttl: text(field(json, "ttl")),
    expiresAt: instant(field(json, "expires_at")),
    hitRatio: amount(field(json, "hit_ratio")),
    requests: count(field(json, "requests")),
    misses: count(field(json, "misses")),
    lastMissAt: instant(field(json, "last_miss_at")),
    lastMissCause: text(field(json, "last_miss_cause")),
    recacheTokensIfCold: count(field(json, "recache_tokens_if_cold")),
  };
}
