/** Minimal valid state values. */
import type { AccountState, Part, RepoState, SessionState } from "../../src/state/scopes.ts";

const NO_ATTEMPTS = { startedAt: 0, endedAt: 0, failures: 0, notBefore: 0 };

export const partOf = <Value>(value: Value, at = 1_000): Part<Value> => ({
  value,
  gatheredAt: at,
  tookMs: 1,
  triedAt: at,
});

export const SESSION_ID = "943f5ab6-c6fe-4139-9d45-d8d58f8a23a0";

export const sessionState = (more: Partial<SessionState> = {}): SessionState => ({
  version: 1,
  sessionId: SESSION_ID,
  attempts: NO_ATTEMPTS,
  parts: {},
  ...more,
});

export const repoState = (root: string, more: Partial<RepoState> = {}): RepoState => ({
  version: 1,
  root,
  attempts: NO_ATTEMPTS,
  parts: { git: partOf({ staged: 0, modified: 2, conflicts: 0, stashes: 0, branch: "main" }) },
  ...more,
});

export const accountState = (claudeDir: string, more: Partial<AccountState> = {}): AccountState => ({
  version: 1,
  claudeDir,
  attempts: NO_ATTEMPTS,
  parts: {},
  ...more,
});
