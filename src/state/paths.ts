/**
 * Every path that Plimsoll uses: resolved once from the environment.
 *
 * A name that comes from outside (a session id, a repository's path) becomes a file name that cannot leave its folder.
 */
import type { Environment } from "../os/environment.ts";
import type { ScopeName } from "./parts.ts";

/** The paths of one user's state. All are absolute. */
export interface StatePaths {
  /** The state directory itself. */
  readonly root: string;
  readonly sessions: string;
  readonly repos: string;
  readonly accounts: string;
  readonly locks: string;
  readonly ledger: string;
  readonly log: string;
  /** The validated configuration, for the display path. */
  readonly configCache: string;
  /** The newest payload, unchanged. */
  readonly lastPayload: string;
}

/**
 * The state directory: `PLIMSOLL_STATE`, else `$XDG_STATE_HOME/plimsoll`, else `~/.local/state/plimsoll`.
 * Relative values are ignored, as the XDG specification requires.
 * @returns undefined when none of these is set
 */
export function statePaths(env: Environment): StatePaths | undefined {
  const root =
    absolute(env.PLIMSOLL_STATE) ??
    under(env.XDG_STATE_HOME, "plimsoll") ??
    under(env.HOME, ".local/state/plimsoll");
  if (root === undefined) return undefined;
  return {
    root,
    sessions: `${root}/sessions`,
    repos: `${root}/repos`,
    accounts: `${root}/accounts`,
    locks: `${root}/locks`,
    ledger: `${root}/ledger.db`,
    log: `${root}/gather.log`,
    configCache: `${root}/config.cache.json`,
    lastPayload: `${root}/payload.json`,
  };
}

/** The configuration: `PLIMSOLL_CONFIG`, else `$XDG_CONFIG_HOME/plimsoll/config.json`, else below `~/.config`. */
export function configPath(env: Environment): string | undefined {
  return (
    absolute(env.PLIMSOLL_CONFIG) ??
    under(env.XDG_CONFIG_HOME, "plimsoll/config.json") ??
    under(env.HOME, ".config/plimsoll/config.json")
  );
}

/** The folder of each scope, as a key of `StatePaths`. */
export const SCOPE_FOLDERS = { session: "sessions", repo: "repos", account: "accounts" } as const;

/**
 * A scope's state file. The file repeats the id: a reader compares it.
 * @param id the session id, or the real path of the working tree's root or of the Claude Code directory
 */
export const stateFile = (paths: StatePaths, scope: ScopeName, id: string): string =>
  `${paths[SCOPE_FOLDERS[scope]]}/${fileName(scope, id)}.json`;

/** The lock of a scope: one each, so that different sessions and repositories never wait for each other. */
export const scopeLock = (paths: StatePaths, scope: ScopeName, id: string): string =>
  `${paths.locks}/${scope}-${fileName(scope, id)}.lock`;

/** Held by the one process that indexes the history into the ledger. */
export const indexerLock = (paths: StatePaths): string => `${paths.locks}/ledger.lock`;

/** Held while old files are swept. */
export const sweepLock = (paths: StatePaths): string => `${paths.locks}/sweep.lock`;

/** Held while Claude Code's settings are changed. */
export const setupLock = (paths: StatePaths): string => `${paths.locks}/setup.lock`;

/** Records of what `plimsoll setup` changed, one for each settings file. Never swept. */
export const recordsDirectory = ({ root }: StatePaths): string => `${root}/setup`;

/** Settings files as they were before each change. Never swept. */
export const backupsDirectory = ({ root }: StatePaths): string => `${root}/backups`;

/** Session ids are UUIDs; any other id, and every path, becomes a hash. */
function fileName(scope: ScopeName, id: string): string {
  if (scope !== "session") return hash(id);
  return isPlainId(id) ? id : `x-${hash(id)}`;
}

/** 8 to 64 letters, digits and hyphens. Without a regular expression: compiling one costs a render more. */
function isPlainId(id: string): boolean {
  if (id.length < 8 || id.length > 64) return false;
  for (const character of id) if (!ID_CHARACTERS.includes(character)) return false;
  return true;
}

const ID_CHARACTERS = "0123456789abcdef-ABCDEFghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ";

/** 64 bits in two halves, because the first BigInt costs a render more than both. */
const hash = (text: string): string =>
  Bun.hash.xxHash32(text, 0).toString(36) + Bun.hash.xxHash32(text, 1).toString(36).padStart(7, "0");

const absolute = (path: string | undefined): string | undefined => (path?.startsWith("/") ? path : undefined);

const under = (base: string | undefined, rest: string): string | undefined =>
  absolute(base) === undefined ? undefined : `${base}${base?.endsWith("/") ? "" : "/"}${rest}`;
