/** State files of the sample sessions: what was gathered `old` milliseconds before the samples' instant. */

import type { AccountState, Attempts, Part, RepoState, SessionState } from "../state/scopes.ts";
import type { Spend } from "../state/spend.ts";

/** 2026-11-21 14:05:00 UTC. */
export const SAMPLE_NOW = 1_795_269_900_000;

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export const SAMPLE_ROOT = "/home/dev/proj";
export const SAMPLE_SESSION = "943f5ab6-c6fe-4139-9d45-d8d58f8a23a0";

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

export function repo(
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
  return { version: 1, root: SAMPLE_ROOT, attempts: ATTEMPTS, parts: { git: part(known, old, error) } };
}

const TOKENS = { input: 5_400, output: 38_000, cacheRead: 2_910_000, cacheWrite5m: 214_000, cacheWrite1h: 0 };

export function session(old: number): SessionState {
  return {
    version: 1,
    sessionId: SAMPLE_SESSION,
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
          tokens: TOKENS,
        },
        old,
      ),
      usage: part({ ...spend(1.8342), ...TOKENS }, old),
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

export function account(
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
