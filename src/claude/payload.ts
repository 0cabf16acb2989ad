/**
 * What Claude Code pipes into the status line command (client 2.1.330), as Plimsoll uses it.
 *
 * Null, absent and wrong-typed are all `undefined` here, never 0: "not known" and "none" must not be confused.
 * Times are Unix milliseconds, durations milliseconds, money USD, percentages 0 to 100 and above.
 */
import { amount, at, count, field, flag, instant, type Json, text } from "./json.ts";

export interface Payload {
  readonly sessionId?: string;
  readonly sessionName?: string;
  readonly transcriptPath?: string;
  readonly cwd?: string;
  readonly projectDir?: string;
  readonly addedDirs: number;
  readonly version?: string;
  readonly model: { readonly id?: string; readonly name?: string };
  readonly effort?: string;
  readonly thinking?: boolean;
  readonly fastMode?: boolean;
  readonly outputStyle?: string;
  readonly vimMode?: string;
  readonly agent?: string;
  readonly gitWorktree?: string;
  readonly repo?: { readonly host?: string; readonly owner?: string; readonly name?: string };
  readonly worktree?: {
    readonly name?: string;
    readonly path?: string;
    readonly branch?: string;
    readonly originalBranch?: string;
  };
  readonly pullRequest?: {
    readonly number: number;
    readonly url?: string;
    readonly reviewState?: string;
    readonly kind?: string;
  };
  readonly remote: boolean;
  readonly cost: {
    readonly usd?: number;
    readonly durationMs?: number;
    readonly apiDurationMs?: number;
    readonly linesAdded?: number;
    readonly linesRemoved?: number;
  };
  readonly context: {
    readonly window?: number;
    readonly usedPercent?: number;
    /** Input and cache tokens of the newest request: what the percentage is of. */
    readonly usedTokens?: number;
    readonly outputTokens?: number;
    readonly exceeds200k?: boolean;
  };
  readonly limits?: {
    readonly fiveHour?: Limit;
    readonly sevenDay?: Limit;
    readonly spend?: Limit & {
      readonly usedUsd?: number;
      readonly limitUsd?: number;
      readonly period?: string;
    };
  };
  readonly cache?: {
    readonly warm?: boolean;
    readonly ttl?: string;
    readonly expiresAt?: number;
    /** 0 to 1. */
    readonly hitRatio?: number;
    readonly requests?: number;
    readonly misses?: number;
    readonly lastMissAt?: number;
    readonly lastMissCause?: string;
    readonly recacheTokensIfCold?: number;
  };
}

/** One rate limit window. */
export interface Limit {
  readonly usedPercent: number;
  readonly resetsAt?: number;
}

/** An object without its undefined entries, so that `exactOptionalPropertyTypes` holds and JSON stays small. */
type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };
function defined<T extends object>(object: T): Partial<Defined<T>> {
  const result: Partial<Defined<T>> = {};
  for (const key in object)
    if (object[key] !== undefined) result[key] = object[key] as Defined<T>[typeof key];
  return result;
}

/** @returns the object without its undefined entries, or undefined when nothing is left */
function whole<T extends object>(object: T): Partial<Defined<T>> | undefined {
  const result = defined(object);
  for (const _ in result) return result;
  return undefined;
}

/**
 * Normalise a payload. Total: any JSON value gives a payload, at worst an empty one.
 * @param json the parsed stdin, or undefined when there was none
 */
export function readPayload(json: Json): Payload {
  const workspace = field(json, "workspace");
  const cost = field(json, "cost");
  const worktree = field(json, "worktree");
  return {
    addedDirs: arrayLength(field(workspace, "added_dirs")),
    remote: text(at(json, "remote", "session_id")) !== undefined,
    model: defined({ id: text(at(json, "model", "id")), name: text(at(json, "model", "display_name")) }),
    cost: defined({
      usd: amount(field(cost, "total_cost_usd")),
      durationMs: amount(field(cost, "total_duration_ms")),
      apiDurationMs: amount(field(cost, "total_api_duration_ms")),
      linesAdded: count(field(cost, "total_lines_added")),
      linesRemoved: count(field(cost, "total_lines_removed")),
    }),
    context: readContext(json),
    ...defined({
      sessionId: text(field(json, "session_id")),
      sessionName: text(field(json, "session_name")),
      transcriptPath: text(field(json, "transcript_path")),
      cwd: text(field(workspace, "current_dir")) ?? text(field(json, "cwd")),
      projectDir: text(field(workspace, "project_dir")),
      version: text(field(json, "version")),
      effort: text(at(json, "effort", "level")),
      thinking: flag(at(json, "thinking", "enabled")),
      fastMode: flag(field(json, "fast_mode")),
      outputStyle: text(at(json, "output_style", "name")),
      vimMode: text(at(json, "vim", "mode")),
      agent: text(at(json, "agent", "name")),
      gitWorktree: text(field(workspace, "git_worktree")),
      repo: whole({
        host: text(at(workspace, "repo", "host")),
        owner: text(at(workspace, "repo", "owner")),
        name: text(at(workspace, "repo", "name")),
      }),
      worktree: whole({
        name: text(field(worktree, "name")),
        path: text(field(worktree, "path")),
        branch: text(field(worktree, "branch")),
        originalBranch: text(field(worktree, "original_branch")),
      }),
      pullRequest: readPullRequest(field(json, "pr")),
      limits: readLimits(field(json, "rate_limits")),
      cache: readCache(field(json, "prompt_cache")),
    }),
  };
}

/**
 * The percentage is the client's where it sends one. A client that sends only tokens gets it computed from input and
 * cache tokens over the whole window, which is how the client itself defines it.
 */
function readContext(json: Json): Payload["context"] {
  const context = field(json, "context_window");
  const usage = field(context, "current_usage");
  const parts = [
    count(field(usage, "input_tokens")),
    count(field(usage, "cache_creation_input_tokens")),
    count(field(usage, "cache_read_input_tokens")),
  ];
  const usedTokens = parts.some((part) => part !== undefined)
    ? parts.reduce<number>((sum, part) => sum + (part ?? 0), 0)
    : undefined;
  const window = count(field(context, "context_window_size")) || undefined;
  const computed = usedTokens !== undefined && window ? (usedTokens / window) * 100 : undefined;
  return defined({
    window,
    usedPercent: amount(field(context, "used_percentage")) ?? computed,
    usedTokens,
    outputTokens: count(field(usage, "output_tokens")),
    exceeds200k: flag(field(json, "exceeds_200k_tokens")),
  });
}

function readPullRequest(json: Json): Payload["pullRequest"] {
  const number = count(field(json, "number"));
  if (number === undefined) return undefined;
  return {
    number,
    ...defined({
      url: text(field(json, "url")),
      reviewState: text(field(json, "review_state")),
      kind: text(field(json, "kind")),
    }),
  };
}

function readLimit(json: Json): Limit | undefined {
  const usedPercent = amount(field(json, "used_percentage"));
  if (usedPercent === undefined) return undefined;
  return { usedPercent, ...defined({ resetsAt: instant(field(json, "resets_at")) }) };
}

function readLimits(json: Json): Payload["limits"] {
  const spendJson = field(json, "spend_limit");
  const spend = readLimit(spendJson);
  return whole({
    fiveHour: readLimit(field(json, "five_hour")),
    sevenDay: readLimit(field(json, "seven_day")),
    spend: spend && {
      ...spend,
      ...defined({
        usedUsd: amount(field(spendJson, "used_usd")),
        limitUsd: amount(field(spendJson, "limit_usd")),
        period: text(field(spendJson, "period")),
      }),
    },
  });
}

function readCache(json: Json): Payload["cache"] {
  return whole({
    warm: flag(field(json, "warm")),
    ttl: text(field(json, "ttl")),
    expiresAt: instant(field(json, "expires_at")),
    hitRatio: amount(field(json, "hit_ratio")),
    requests: count(field(json, "requests")),
    misses: count(field(json, "misses")),
    lastMissAt: instant(field(json, "last_miss_at")),
    lastMissCause: text(field(json, "last_miss_cause")),
    recacheTokensIfCold: count(field(json, "recache_tokens_if_cold")),
  });
}

const arrayLength = (json: Json): number => (Array.isArray(json) ? json.length : 0);
