/** Sample sessions for the preview, the editor and tests: all at one instant, in UTC. */
import { readPayload } from "../claude/payload.ts";
import { type Config, DEFAULT_CONFIG } from "../config/config.ts";
import type { LocalTime } from "../os/ffi/time.ts";
import type { Context, Terminal } from "./context.ts";
import {
  account,
  HOUR,
  MINUTE,
  SAMPLE_ROOT as ROOT,
  repo,
  SAMPLE_NOW,
  SAMPLE_SESSION,
  session,
} from "./sample-states.ts";

export { SAMPLE_NOW } from "./sample-states.ts";

export const SAMPLE_NAMES = ["fresh", "busy", "near", "stale", "failing", "api-key", "worktree"] as const;
export type SampleName = (typeof SAMPLE_NAMES)[number];

const ABOUT: Readonly<Record<SampleName, string>> = {
  fresh: "a new session",
  busy: "work in progress, all figures known",
  near: "near every limit, during a rebase",
  stale: "nothing was gathered for a while",
  failing: "git does not answer, and the configuration has an error",
  "api-key": "paid by API key: no limits",
  worktree: "a named session of an agent, remote, in a worktree, in fast mode, with a spend limit",
};

export const sampleAbout = (name: SampleName): string => ABOUT[name];

/** A sample session in a terminal, with a configuration. */
export function sampleContext(
  name: SampleName,
  terminal: Terminal,
  config: Config = DEFAULT_CONFIG,
): Context {
  return { now: SAMPLE_NOW, localTime: utc, home: "/home/dev", terminal, config, ...SAMPLES[name]() };
}

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
  worktree: () => ({
    payload: readPayload({
      ...REPLIED,
      session_name: "flaky retries",
      workspace: {
        ...BASE.workspace,
        current_dir: WORKTREE,
        added_dirs: ["/home/dev/docs", "/home/dev/specs"],
        repo: { host: "github.com", owner: "acme", name: "proj" },
      },
      worktree: { name: "retry-test", path: WORKTREE, branch: "fix/retry", original_branch: "main" },
      output_style: { name: "Explanatory" },
      fast_mode: true,
      thinking: { enabled: false },
      vim: { mode: "NORMAL" },
      agent: { name: "reviewer" },
      remote: { session_id: SAMPLE_SESSION },
      rate_limits: {
        ...REPLIED.rate_limits,
        spend_limit: {
          used_percentage: 31,
          used_usd: 15.5,
          limit_usd: 50,
          period: "monthly",
          resets_at: seconds(213 * HOUR),
        },
      },
    }),
    apiKey: false,
    head: { root: WORKTREE, branch: "fix/retry", worktree: "retry-test" },
  }),
};

const WORKTREE = `${ROOT}/.claude/worktrees/retry-test`;

const seconds = (fromNow: number): number => (SAMPLE_NOW + fromNow) / 1000;

const BASE = {
  session_id: SAMPLE_SESSION,
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

/** A busy session; its state was gathered `old` milliseconds ago. */
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
