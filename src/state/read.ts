/**
 * Reading state files, for the display path and everybody else. Total: what is missing, torn, foreign, of another
 * version or of another scope counts as absent, and a part that is not what the contract says costs itself only.
 */
import { readSmallText } from "../os/io/file.ts";
import type { StatePaths } from "./paths.ts";
import { accountFile, repoFile, sessionFile } from "./paths.ts";
import {
  type AccountState,
  type Attempts,
  type Part,
  type RepoState,
  type SessionState,
  STATE_VERSION,
} from "./schema.ts";
import {
  type Check,
  isAccountUsage,
  isCommandsFacts,
  isCompactionFacts,
  isGitFacts,
  isLimitsFacts,
  isNumber,
  isObject,
  isSeen,
  isSessionsFacts,
  isSessionUsage,
  isText,
  isTranscriptFacts,
  optional,
  shape,
} from "./shape.ts";

/** The largest state file that is read or written, in bytes. A usual one has about 1.4 KB. */
export const STATE_FILE_LIMIT = 64 * 1024;

/** The session's state; undefined when there is none that is ours and about this session. */
export function readSessionState(paths: StatePaths, sessionId: string): SessionState | undefined {
  const state = parseSessionState(readOurs(sessionFile(paths, sessionId)));
  return state?.sessionId === sessionId ? state : undefined;
}

/** The working tree's state; undefined when there is none that is ours and about this root. */
export function readRepoState(paths: StatePaths, root: string): RepoState | undefined {
  const state = parseRepoState(readOurs(repoFile(paths, root)));
  return state?.root === root ? state : undefined;
}

/** The account's state; undefined when there is none that is ours and about this Claude Code directory. */
export function readAccountState(paths: StatePaths, claudeDir: string): AccountState | undefined {
  const state = parseAccountState(readOurs(accountFile(paths, claudeDir)));
  return state?.claudeDir === claudeDir ? state : undefined;
}

const readOurs = (path: string): string | undefined =>
  readSmallText(path, { limit: STATE_FILE_LIMIT, mustBeOurs: true });

/** @returns the state that `text` holds, without what in it is not as the contract says */
export function parseSessionState(text: string | undefined): SessionState | undefined {
  const json = parseVersioned(text);
  if (!isText(json?.sessionId)) return undefined;
  const parts = { transcript: isTranscriptFacts, usage: isSessionUsage, commands: isCommandsFacts };
  const facts = {
    client: isClient,
    cwd: isText,
    model: isText,
    seen: isSeen,
    compaction: isCompactionFacts,
    cursor: () => true,
  };
  return assemble<SessionState>(json, { ...facts, sessionId: isText }, parts);
}

export function parseRepoState(text: string | undefined): RepoState | undefined {
  const json = parseVersioned(text);
  if (!isText(json?.root)) return undefined;
  return assemble<RepoState>(json, { root: isText, fullStatusAt: isNumber }, { git: isGitFacts });
}

export function parseAccountState(text: string | undefined): AccountState | undefined {
  const json = parseVersioned(text);
  if (!isText(json?.claudeDir)) return undefined;
  const parts = { usage: isAccountUsage, limits: isLimitsFacts, sessions: isSessionsFacts };
  return assemble<AccountState>(json, { claudeDir: isText }, parts);
}

/** A state from the fields and parts that pass their checks; what is not named here does not get through. */
function assemble<State>(
  json: Record<string, unknown> | undefined,
  fields: Readonly<Record<string, Check>>,
  parts: Readonly<Record<string, Check>>,
): State {
  const state: Record<string, unknown> = { version: STATE_VERSION };
  for (const name of Object.keys(fields)) {
    const value = json?.[name];
    if (value !== undefined && fields[name]?.(value)) state[name] = value;
  }
  state.attempts = isAttempts(json?.attempts) ? json?.attempts : { ...NO_ATTEMPTS };
  state.parts = goodParts(json?.parts, parts);
  return state as State;
}

function parseVersioned(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined) return undefined;
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) && json.version === STATE_VERSION ? json : undefined;
  } catch {
    // Torn, or not ours: the next pass writes it anew, so absence is all there is to say.
    return undefined;
  }
}

const isClient = shape<NonNullable<SessionState["client"]>>({ pid: isNumber, start: isText, bootId: isText });

const isAttempts = shape<Attempts>({
  startedAt: isNumber,
  endedAt: isNumber,
  failures: isNumber,
  notBefore: isNumber,
});

/** A scope that no pass has been over. */
export const NO_ATTEMPTS: Readonly<Attempts> = { startedAt: 0, endedAt: 0, failures: 0, notBefore: 0 };

const isPart = shape<Omit<Part<unknown>, "value">>({
  gatheredAt: isNumber,
  tookMs: isNumber,
  error: optional(isText),
  triedAt: isNumber,
  failures: optional(isNumber),
});

function goodParts(json: unknown, checks: Readonly<Record<string, Check>>): Record<string, Part<unknown>> {
  const good: Record<string, Part<unknown>> = {};
  if (!isObject(json)) return good;
  for (const name of Object.keys(checks)) {
    const part = json[name];
    if (!isPart(part)) continue;
    const { value } = part as Part<unknown>;
    if (value === null || checks[name]?.(value)) good[name] = part as Part<unknown>;
  }
  return good;
}
