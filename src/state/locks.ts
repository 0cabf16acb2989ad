/** The locks of a pass, by name: one for each scope, so that different sessions and repositories never wait. */
import { accountFile, repoFile, type StatePaths, sessionFile } from "./paths.ts";

export const sessionLock = (paths: StatePaths, sessionId: string): string =>
  lockOf(paths, "session", sessionFile(paths, sessionId));

export const repoLock = (paths: StatePaths, root: string): string =>
  lockOf(paths, "repo", repoFile(paths, root));

export const accountLock = (paths: StatePaths, claudeDir: string): string =>
  lockOf(paths, "account", accountFile(paths, claudeDir));

/** Held by the one process that reads the history into the ledger. */
export const indexerLock = (paths: StatePaths): string => `${paths.locks}/ledger.lock`;

/** Held while old files are swept. */
export const sweepLock = (paths: StatePaths): string => `${paths.locks}/sweep.lock`;

/** Held while Claude Code's settings are changed. */
export const setupLock = (paths: StatePaths): string => `${paths.locks}/setup.lock`;

/** The lock of a state file: same name, so that the sweep finds the one by the other. */
export function lockOf(paths: StatePaths, scope: "session" | "repo" | "account", file: string): string {
  const name = file.slice(file.lastIndexOf("/") + 1, -".json".length);
  return `${paths.locks}/${scope}-${name}.lock`;
}
