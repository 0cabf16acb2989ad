/**
 * Where Plimsoll keeps what: one plain value, resolved once from the environment.
 *
 * A name that comes from outside (a session id, a repository's path) becomes a file name that cannot leave its folder.
 */

/** The places of one user's state. All are absolute paths. */
export interface StatePaths {
  /** The state directory itself. */
  readonly root: string;
  readonly sessions: string;
  readonly repos: string;
  readonly accounts: string;
  readonly locks: string;
  readonly ledger: string;
  readonly log: string;
  /** The validated form of the configuration, for the display path. */
  readonly configCache: string;
  /** The newest payload, as it came. */
  readonly lastPayload: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The state directory: `PLIMSOLL_STATE`, else `$XDG_STATE_HOME/plimsoll`, else `~/.local/state/plimsoll`.
 * Relative values are passed over, as the XDG specification asks.
 * @returns undefined when there is no such place (no HOME either)
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

/** The file of one session. Ids are UUIDs; anything else is kept apart by a hash. */
export const sessionFile = (paths: StatePaths, sessionId: string): string =>
  `${paths.sessions}/${isPlainId(sessionId) ? sessionId : `x-${key(sessionId)}`}.json`;

/** 8 to 64 letters, digits and hyphens. By hand: the display path compiles no regular expression that it can spare. */
function isPlainId(id: string): boolean {
  if (id.length < 8 || id.length > 64) return false;
  for (const character of id) if (!ID_CHARACTERS.includes(character)) return false;
  return true;
}

const ID_CHARACTERS = "0123456789abcdef-ABCDEFghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ";

/** The file of one working tree, by the real path of its root. The file repeats the path: a reader compares it. */
export const repoFile = (paths: StatePaths, root: string): string => `${paths.repos}/${key(root)}.json`;

/** The file of one account, by the real path of its Claude Code directory. The file repeats the path. */
export const accountFile = (paths: StatePaths, claudeDir: string): string =>
  `${paths.accounts}/${key(claudeDir)}.json`;

/** 64 bits in two halves, because the first use of BigInt costs a render more than both. */
const key = (text: string): string =>
  Bun.hash.xxHash32(text, 0).toString(36) + Bun.hash.xxHash32(text, 1).toString(36).padStart(7, "0");

const absolute = (path: string | undefined): string | undefined => (path?.startsWith("/") ? path : undefined);

const under = (base: string | undefined, rest: string): string | undefined =>
  absolute(base) === undefined ? undefined : `${base}${base?.endsWith("/") ? "" : "/"}${rest}`;
