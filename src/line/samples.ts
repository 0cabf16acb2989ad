/**
 * Sessions to look at: what the preview and the editor draw, and what tests measure. All of one instant, in UTC.
 */
import { readPayload } from "../claude/payload.ts";
import { type Config, DEFAULT_CONFIG } from "../config/config.ts";
import type { LocalTime } from "../os/ffi/time.ts";
import type { AccountState, Attempts, Part, RepoState, SessionState } from "../state/scopes.ts";
import type { Spend } from "../state/spend.ts";
import type { Context, Terminal } from "./context.ts";

/** 2026-11-21 14:05:00 UTC. */
export const SAMPLE_NOW = 1_795_269_900_000;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export const SAMPLE_NAMES = ["fresh", "busy", "near", "stale", "failing", "api-key"] as const;
export type SampleName = (typeof SAMPLE_NAMES)[number];

const ABOUT: Readonly<Record<SampleName, string>> = {
  fresh: "a session that has just begun",
  busy: "work in progress, all figures known",
  near: "near every limit, in the middle of a rebase",
  stale: "nothing was gathered for a while",
  failing: "git does not answer, and the configuration has an error",
  "api-key": "paid by API key: no limits",
};

export const sampleAbout = (name: SampleName): string => ABOUT[name];

/** A whole context: a sample session in a terminal, under settings. */
export function sampleContext(
  name: SampleName,
  terminal: Terminal,
  config: Config = DEFAULT_CONFIG,
): Context {
  return { now: SAMPLE_NOW, localTime: utc, home: "/home/dev", terminal, config, ...SAMPLES[name]() };
}

/** Wall-clock reading in UTC. */
export function utc(epochMs: number): LocalTime | undefined {
  const date = new Date(epochMs);
  if (Number.isNaN(date.getTime())) return undefined;
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    offsetSeconds: 0,
  };
}

type Sample = Pick<
  Context,
  "payload" | "head" | "session" | "repo" | "account" | "apiKey" | "payloadError" | "configError"
>;

const SAMPLES: Readonly<Record<SampleName, () => Sample>> = {
  fresh: () => ({ payload: readPayload(BASE), apiKey: false, head: { root: ROOT, branch: "main" } }),
  busy: () => busy(0),
  near: () => {
    const sample = busy(0);
    const branch = "feature/very-long-branch-name-of-a-colleague";
    return {
      ...sample,
      payload: readPayload({
        ...REPLIED,
        model: { id: "claude-opus-5-5[1m]", display_name: "Opus 5.5 (1M context)" },
        workspace: { current_dir: "/home/dev/code/customers/northwind/services/billing" },
        cost: { ...REPLIED.cost, total_cost_usd: 123.4 },
        context_window: {
          context_window_size: 1_000_000,
          used_percentage: 93.2,
          current_usage: { input_tokens: 2000, cache_read_input_tokens: 930_000 },
        },
        prompt_cache: { ...REPLIED.prompt_cache, requests: 40, hit_ratio: 0.41 },
        rate_limits: {
          five_hour: { used_percentage: 96, resets_at: seconds(114 * MINUTE) },
          seven_day: { used_percentage: 78.4, resets_at: seconds(79 * HOUR) },
        },
      }),
      account: account(0, { fiveHour: 96, sevenDay: 78.4, runsOutIn: 9 * MINUTE }),
      head: { root: ROOT, branch },
      repo: repo({ branch, staged: 1, modified: 12, conflicts: 2, operation: "rebase 2/5" }, 2000),
    };
  },
  stale: () => busy(17 * MINUTE),
  failing: () => {
    const sample = busy(17 * MINUTE);
    return {
      ...sample,
      repo: repo({ branch: "main", modified: 1 }, 17 * MINUTE, "git status took longer than 2.5 s"),
      configError: "rows[0].left[2]: unknown segment 'gti'",
    };
  },
  "api-key": () => ({
    payload: readPayload({ ...REPLIED, rate_limits: undefined }),
    apiKey: true,
    head: { root: ROOT, branch: "main" },
  }),
};

const ROOT = "/home/dev/proj";
const seconds = (fromNow: number): number => (SAMPLE_NOW + fromNow) / 1000;

const BASE = {
  session_id: "943f5ab6-c6fe-4139-9d45-d8d58f8a23a0",
  cwd: ROOT,
  effort: { level: "medium" },
  model: { id: "claude-sonnet-5-5", display_name: "Sonnet 5.5" },
  workspace: { current_dir: ROOT, project_dir: ROOT, added_dirs: [] },
  version: "2.1.330",
  output_style: { name: "default" },
  cost: { total_cost_usd: 0, total_duration_ms: 701, total_api_duration_ms: 0 },
  context_window: { context_window_size: 1_000_000, current_usage: null, used_percentage: null },
  fast_mode: false,
  thinking: { enabled: true },
} as const;

const REPLIED = {
  ...BASE,
  cost: {
    total_cost_usd: 1.8342,
    total_duration_ms: 47 * MINUTE,
    total_api_duration_ms: 12 * MINUTE,
    total_lines_added: 214,
    total_lines_removed: 57,
  },
  context_window: {
    context_window_size: 1_000_000,
    used_percentage: 21,
    current_usage: {
      input_tokens: 400,
      cache_creation_input_tokens: 8_600,
      cache_read_input_tokens: 201_000,
    },
  },
  prompt_cache: {
    warm: true,
    ttl: "5m",
    expires_at: seconds(4 * MINUTE),
    requests: 31,
    misses: 0,
    hit_ratio: 0.954,
    recache_tokens_if_cold: 210_000,
  },
  rate_limits: {
    five_hour: { used_percentage: 23.5, resets_at: seconds(114 * MINUTE) },
    seven_day: { used_percentage: 41.2, resets_at: seconds(79 * HOUR) },
  },
};

/** A session in full swing, whose state was gathered `old` milliseconds ago. */
function busy(old: number): Sample {
  return {
    payload: readPayload({
      ...REPLIED,
      pr: { number: 482, url: "https://github.com/acme/proj/pull/482", review_state: "approved" },
    }),
    apiKey: false,
    head: { root: ROOT, branch: "main" },
    repo: repo({ branch: "main", ahead: 2, staged: 2, modified: 1, untracked: 3, stashes: 1 }, old),
    session: session(old),
    account: account(old),
  };
}

const ATTEMPTS: Attempts = { startedAt: 0, endedAt: 0, failures: 0, notBefore: 0 };

function part<Value>(value: Value, old: number, error?: string): Part<Value> {
  const at = SAMPLE_NOW - 1500 - old;
  return {
    value,
    gatheredAt: at,
    tookMs: 12,
    triedAt: at,
    ...(error === undefined ? {} : { error, failures: 1 }),
  };
}

function repo(
  facts: Partial<NonNullable<NonNullable<RepoState["parts"]["git"]>["value"]>>,
  old: number,
  error?: string,
): RepoState {
  const known = {
    commit: "3f9c2ab",
    staged: 0,
    modified: 0,
    untracked: 0,
    conflicts: 0,
    stashes: 0,
    ...facts,
  };
  return { version: 1, root: ROOT, attempts: ATTEMPTS, parts: { git: part(known, old, error) } };
}

function session(old: number): SessionState {
  return {
    version: 1,
    sessionId: BASE.session_id,
    attempts: ATTEMPTS,
    parts: {
      transcript: part(
        {
          turns: 12,
          lastUserMessage: "now make the retry test deterministic",
          lastUserMessageAt: SAMPLE_NOW - 3 * MINUTE,
          lastActivityAt: SAMPLE_NOW - 2000,
          compactions: 1,
          tools: [
            { name: "Bash", count: 24 },
            { name: "Edit", count: 11 },
            { name: "Read", count: 9 },
          ],
          runningTool: { name: "Bash", target: "bun test", since: SAMPLE_NOW - 8000 },
          agents: [{ type: "Explore", description: "find the callers", since: SAMPLE_NOW - 45_000 }],
          todos: { done: 3, total: 7, current: "Write the retry test" },
          tokens: {
            input: 5_400,
            output: 38_000,
            cacheRead: 2_910_000,
            cacheWrite5m: 214_000,
            cacheWrite1h: 0,
          },
        },
        old,
      ),
      usage: part(
        {
          ...spend(1.8342),
          input: 5_400,
          output: 38_000,
          cacheRead: 2_910_000,
          cacheWrite5m: 214_000,
          cacheWrite1h: 0,
        },
        old,
      ),
      commands: part(
        { weather: { text: "9° rain", gatheredAt: SAMPLE_NOW - 4000, triedAt: SAMPLE_NOW - 4000 } },
        old,
      ),
    },
  };
}

const spend = (costUsd: number): Spend => ({
  costUsd,
  priced: "exact",
  unattributedUsd: 0,
  input: 120_000,
  output: 84_000,
  cacheRead: 9_400_000,
  cacheWrite5m: 610_000,
  cacheWrite1h: 0,
});

function account(
  old: number,
  used: { fiveHour: number; sevenDay: number; runsOutIn?: number } = { fiveHour: 24, sevenDay: 41.2 },
): AccountState {
  const block = {
    ...spend(4.21),
    startAt: SAMPLE_NOW - 186 * MINUTE,
    endAt: SAMPLE_NOW + 114 * MINUTE,
    burnUsdPerHour: 1.36,
    tokensPerMinute: 54_000,
    projectedUsd: 6.79,
    endIsKnown: true,
  };
  const { fiveHour, sevenDay, runsOutIn } = used;
  const seenAt = SAMPLE_NOW - MINUTE;
  const runsOut = runsOutIn === undefined ? {} : { runsOutAt: SAMPLE_NOW + runsOutIn };
  return {
    version: 1,
    claudeDir: "/home/dev/.claude",
    attempts: ATTEMPTS,
    parts: {
      usage: part({ day: "2026-11-21", today: spend(12.34), block, week: spend(87.5) }, old),
      limits: part(
        {
          fiveHour: {
            seenAt,
            usedPercent: fiveHour,
            resetsAt: SAMPLE_NOW + 114 * MINUTE,
            ...runsOut,
          },
          sevenDay: {
            seenAt,
            usedPercent: sevenDay,
            resetsAt: SAMPLE_NOW + 79 * HOUR,
          },
          series: [],
        },
        old,
      ),
      sessions: part({ live: 3, stopped: 0, ghosts: 0 }, old),
    },
  };
}
