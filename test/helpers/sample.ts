/** The payload and state files of a busy session, with current times. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { stateFile, statePaths } from "../../src/state/paths.ts";
import {
  type AccountState,
  type Attempts,
  type Part,
  type RepoState,
  type SessionState,
  STATE_VERSION,
} from "../../src/state/scopes.ts";
import subscription from "../fixtures/payloads/subscription-after-reply.json";

/** The payload of the real client after a reply, in another directory and at another time (Unix milliseconds). */
export function samplePayload({ cwd, claudeDir, now }: { cwd: string; claudeDir: string; now: number }) {
  const seconds = Math.floor(now / 1000);
  return {
    ...subscription,
    cwd,
    transcript_path: `${claudeDir}/projects/-home-dev-proj/${subscription.session_id}.jsonl`,
    workspace: { current_dir: cwd, project_dir: cwd, added_dirs: [] },
    prompt_cache: { ...subscription.prompt_cache, expires_at: seconds + 240 },
    rate_limits: {
      five_hour: { used_percentage: 23.5, resets_at: seconds + 7_200 },
      seven_day: { used_percentage: 41.2, resets_at: seconds + 300_000 },
    },
  };
}

const spend = {
  costUsd: 3.21,
  priced: "exact",
  unattributedUsd: 0.05,
  input: 1_200,
  output: 45_000,
  cacheRead: 8_100_000,
  cacheWrite5m: 310_000,
  cacheWrite1h: 0,
} as const;

/** Write state files in which every part is fresh at `now`. */
export function fullState({
  directory,
  payload,
  root,
  claudeDir,
  now,
}: {
  directory: string;
  payload: { session_id: string; cost: { total_cost_usd: number } };
  root: string;
  claudeDir: string;
  now: number;
}): void {
  const paths = statePaths({ PLIMSOLL_STATE: directory });
  if (!paths) throw new Error("the state directory must be an absolute path");
  const part = <Value>(value: Value): Part<Value> => ({ value, gatheredAt: now, triedAt: now, tookMs: 12 });
  const attempts: Attempts = { startedAt: now - 100, endedAt: now, failures: 0, notBefore: 0 };
  const session: SessionState = {
    version: STATE_VERSION,
    sessionId: payload.session_id,
    attempts,
    seen: { at: now, costUsd: payload.cost.total_cost_usd },
    parts: {
      transcript: part({
        turns: 14,
        lastUserMessage: "now make the tests pass",
        lastUserMessageAt: now - 95_000,
        lastActivityAt: now - 3_000,
        compactions: 1,
        tools: [
          { name: "Bash", count: 41 },
          { name: "Edit", count: 17 },
        ],
        runningTool: { name: "Bash", target: "bun test", since: now - 3_000 },
        agents: [{ type: "general-purpose", description: "Look at the logs", since: now - 20_000 }],
        todos: { done: 3, total: 7, current: "Write the test" },
        tokens: {
          input: 1_200,
          output: 45_000,
          cacheRead: 8_100_000,
          cacheWrite5m: 310_000,
          cacheWrite1h: 0,
        },
      }),
      usage: part({ ...spend, billUsd: 3.21 }),
    },
  };
  const repo: RepoState = {
    version: STATE_VERSION,
    root,
    attempts,
    parts: {
      git: part({
        branch: "main",
        commit: "abc1234",
        upstream: "origin/main",
        ahead: 2,
        behind: 1,
        staged: 1,
        modified: 3,
        untracked: 2,
        conflicts: 0,
        stashes: 1,
      }),
    },
  };
  const account: AccountState = {
    version: STATE_VERSION,
    claudeDir,
    attempts,
    parts: {
      usage: part({
        day: "2026-11-21",
        today: { ...spend, costUsd: 12.4 },
        block: {
          ...spend,
          costUsd: 6.1,
          startAt: now - 10_800_000,
          endAt: now + 7_200_000,
          burnUsdPerHour: 2.03,
          tokensPerMinute: 4_100,
          projectedUsd: 10.16,
          endIsKnown: true,
        },
        week: { ...spend, costUsd: 61.7 },
      }),
      limits: part({
        fiveHour: { usedPercent: 23.5, resetsAt: now + 7_200_000, seenAt: now },
        sevenDay: { usedPercent: 41.2, resetsAt: now + 300_000_000, seenAt: now },
        series: [],
      }),
      sessions: part({ live: 3, stopped: 0, ghosts: 1 }),
      theme: part({ name: "dark", isDefault: true, files: "", readAt: now }),
    },
  };
  const files: [string, unknown][] = [
    [stateFile(paths, "session", payload.session_id), session],
    [stateFile(paths, "repo", root), repo],
    [stateFile(paths, "account", claudeDir), account],
  ];
  for (const [file, content] of files) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
  }
}
