/** The three scopes of a pass: each is a state file, its lock, and the parts that are in it. */
import { type DueSettings, dueAccountParts, dueRepoParts, dueSessionParts } from "../state/due.ts";
import { accountLock, repoLock, sessionLock } from "../state/locks.ts";
import { accountFile, repoFile, type StatePaths, sessionFile } from "../state/paths.ts";
import { NO_ATTEMPTS, readAccountState, readRepoState, readSessionState } from "../state/read.ts";
import { type PartName, STATE_VERSION } from "../state/schema.ts";
import type { GatherPart, ScopeName, States } from "./part.ts";
import { GATHER_PARTS } from "./parts/index.ts";

export interface Scope<Name extends ScopeName = ScopeName> {
  readonly name: Name;
  readonly file: string;
  readonly lockPath: string;
  readonly parts: readonly GatherPart<Name>[];
  /** The state as it lies there, or the one that a scope begins with. */
  load(): States[Name];
  due(state: States[Name], now: number, settings: DueSettings): PartName[];
}

export const sessionScope = (paths: StatePaths, sessionId: string): Scope<"session"> => ({
  name: "session",
  file: sessionFile(paths, sessionId),
  lockPath: sessionLock(paths, sessionId),
  parts: GATHER_PARTS.session,
  load: () => readSessionState(paths, sessionId) ?? { ...beginning(), sessionId },
  due: dueSessionParts,
});

export const repoScope = (paths: StatePaths, root: string): Scope<"repo"> => ({
  name: "repo",
  file: repoFile(paths, root),
  lockPath: repoLock(paths, root),
  parts: GATHER_PARTS.repo,
  load: () => readRepoState(paths, root) ?? { ...beginning(), root },
  due: dueRepoParts,
});

export const accountScope = (paths: StatePaths, claudeDir: string): Scope<"account"> => ({
  name: "account",
  file: accountFile(paths, claudeDir),
  lockPath: accountLock(paths, claudeDir),
  parts: GATHER_PARTS.account,
  load: () => readAccountState(paths, claudeDir) ?? { ...beginning(), claudeDir },
  due: dueAccountParts,
});

const beginning = () => ({ version: STATE_VERSION, attempts: { ...NO_ATTEMPTS }, parts: {} }) as const;
