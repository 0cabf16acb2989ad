import { describe, expect, test } from "bun:test";
import {
  dueCommands,
  dueParts,
  gatherIsDue,
  isBackingOff,
  isRunning,
  type Known,
} from "../../src/state/due.ts";
import { PARTS } from "../../src/state/parts.ts";
import { EARLY_LIMIT_MS, EARLY_SHARE } from "../../src/state/timeouts.ts";
import { accountState, partOf, repoState, SESSION_ID, sessionState } from "./states.ts";

const NOW = 1_800_000_000_000;
const config = { refresh: {}, commands: {} };
const spend = {
  costUsd: 0,
  priced: "exact" as const,
  unattributedUsd: 0,
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
};
const facts = { turns: 0, compactions: 0, tools: [], agents: [] };

/** A render that knows everything, gathered `ageMs` ago. */
function known(ageMs: number, more: Partial<Known> = {}): Known {
  const at = NOW - ageMs;
  return {
    now: NOW,
    config,
    sessionId: SESSION_ID,
    session: sessionState({ parts: { transcript: partOf(facts, at), usage: partOf(spend, at) } }),
    root: "/r",
    repo: repoState("/r", {
      parts: { git: partOf({ staged: 0, modified: 0, conflicts: 0, stashes: 0 }, at) },
    }),
    claudeDir: "/c",
    account: accountState("/c", {
      parts: {
        usage: partOf({ day: "2027-01-15", today: spend, week: spend }, at),
        limits: partOf({ series: [] }, at),
        sessions: partOf({ live: 1, stopped: 0, ghosts: 0 }, at),
        theme: partOf({ name: "dark", files: "", readAt: at }, at),
      },
    }),
    ...more,
  };
}

test("a running pass takes parts early: in the last third of their time to live, at most two seconds", () => {
  const due = (name: "git" | "limits", ageMs: number, early: number, failures?: number) => {
    const { scope, key } = PARTS[name];
    const part = { ...partOf({}, NOW - ageMs), ...(failures === undefined ? {} : { failures }) };
    return dueParts(scope, { [key]: part }, NOW, config, early).includes(name);
  };
  const third = PARTS.git.ttlMs * (1 - EARLY_SHARE);
  expect(due("git", third + 1, EARLY_SHARE)).toBe(true);
  expect(due("git", third - 1, EARLY_SHARE)).toBe(false);
  expect(due("git", third + 1, 0)).toBe(false);
  expect(due("git", third + 1, EARLY_SHARE, 1)).toBe(false);
  expect(due("limits", PARTS.limits.ttlMs - EARLY_LIMIT_MS, EARLY_SHARE)).toBe(true);
  expect(due("limits", PARTS.limits.ttlMs - EARLY_LIMIT_MS - 1, EARLY_SHARE)).toBe(false);
});

describe("a pass is due", () => {
  test("not while everything is fresh", () => {
    expect(gatherIsDue(known(100))).toBe(false);
  });

  test("when the client has billed something that no pass has recorded, at most every two seconds", () => {
    const seen = (costUsd: number, ageMs: number) => ({
      ...known(100).session,
      seen: { at: NOW - ageMs, costUsd },
    });
    const due = (billUsd: number | undefined, costUsd: number, ageMs: number) =>
      gatherIsDue(known(100, { billUsd, session: seen(costUsd, ageMs) as never }));
    expect(due(0.5, 0.5, 60_000)).toBe(false);
    expect(due(undefined, 0.5, 60_000)).toBe(false);
    expect(due(0.6, 0.5, 1_999)).toBe(false);
    expect(due(0.6, 0.5, 2_000)).toBe(true);
    // A lower bill comes from another run of the client.
    expect(due(0.1, 0.5, 2_000)).toBe(true);
  });

  test("as soon as one part is as old as it may get", () => {
    expect(gatherIsDue(known(PARTS.transcript.ttlMs - 1))).toBe(false);
    expect(gatherIsDue(known(PARTS.transcript.ttlMs))).toBe(true);
  });

  test("for a session, working tree or account without a file", () => {
    expect(gatherIsDue(known(100, { session: undefined }))).toBe(true);
    expect(gatherIsDue(known(100, { repo: undefined }))).toBe(true);
    expect(gatherIsDue(known(100, { account: undefined }))).toBe(true);
  });

  test("never without a session, a repository or an account", () => {
    expect(gatherIsDue({ now: NOW, config })).toBe(false);
  });

  test("later when the configuration says so", () => {
    const slow = { refresh: { transcript: 60_000, git: 60_000, usage: 60_000 }, commands: {} };
    expect(gatherIsDue(known(14_000, { config: slow }))).toBe(false);
    expect(gatherIsDue(known(15_000, { config: slow }))).toBe(true);
  });

  test("when a part is from the future: a clock that was set back must not freeze it", () => {
    expect(gatherIsDue(known(-500))).toBe(false);
    expect(gatherIsDue(known(-24 * 3_600_000))).toBe(true);
  });

  test("less often for a part that fails, but at least once a minute", () => {
    const failing = (ageMs: number, failures: number) => {
      const git = { value: null, gatheredAt: 0, tookMs: 1, triedAt: NOW - ageMs, error: "x", failures };
      return gatherIsDue(known(100, { repo: repoState("/r", { parts: { git } }) }));
    };
    expect(failing(9_999, 1)).toBe(false);
    expect(failing(10_000, 1)).toBe(true);
    expect(failing(59_999, 30)).toBe(false);
    expect(failing(60_000, 30)).toBe(true);
  });
});

describe("a scope is skipped", () => {
  const only = (attempts: object): Known => ({
    now: NOW,
    config,
    root: "/r",
    repo: {
      ...repoState("/r"),
      attempts: { startedAt: 0, endedAt: 0, failures: 0, notBefore: 0, ...attempts },
    },
  });

  test("while a pass over it runs, for as long as a pass can run", () => {
    expect(gatherIsDue(only({ startedAt: NOW - 1_000 }))).toBe(false);
    expect(gatherIsDue(only({ startedAt: NOW - 30_999 }))).toBe(false);
    expect(gatherIsDue(only({ startedAt: NOW - 31_000 }))).toBe(true);
    expect(gatherIsDue(only({ startedAt: NOW - 1_000, endedAt: NOW - 900 }))).toBe(true);
  });

  test("while it backs off", () => {
    expect(gatherIsDue(only({ failures: 3, notBefore: NOW + 1 }))).toBe(false);
    expect(gatherIsDue(only({ failures: 3, notBefore: NOW }))).toBe(true);
  });

  test("not because of an attempt or a back-off in the future, after the clock was set back", () => {
    expect(isRunning({ startedAt: NOW + 86_400_000, endedAt: 0, failures: 0, notBefore: 0 }, NOW)).toBe(
      false,
    );
    expect(isBackingOff({ startedAt: 0, endedAt: 0, failures: 1, notBefore: NOW + 86_400_000 }, NOW)).toBe(
      false,
    );
  });

  test("without delaying the other scopes", () => {
    const busy = { startedAt: NOW - 1, endedAt: 0, failures: 0, notBefore: 0 };
    const both = known(60_000, { session: { ...sessionState(), attempts: busy } });
    expect(gatherIsDue(both)).toBe(true);
  });
});

test("each of the user's commands has its own age", () => {
  const commands = { quick: { refreshMs: 1_000 }, slow: { refreshMs: 60_000 }, fresh: { refreshMs: 1_000 } };
  const at = (ageMs: number) => ({ text: "x", gatheredAt: 0, triedAt: NOW - ageMs });
  const part = partOf({ quick: at(5_000), slow: at(5_000) });
  expect(dueCommands(part, NOW, { refresh: {}, commands })).toEqual(["quick", "fresh"]);
});
