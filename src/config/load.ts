/**
 * Reading the configuration, as everything but `config` does: not the user's file, but its validated form, which a
 * background pass writes to the state directory. Checking the file itself takes longer than a render.
 *
 * Only a cache that this very build wrote is used, and only unchanged: it ends with a checksum of all before it.
 */
import { close, OPEN, openExisting } from "../os/ffi/file.ts";
import { ERRNO, errno, errorText } from "../os/ffi/library.ts";
import { FILE_TYPE, fstat } from "../os/ffi/stat.ts";
import { readSmallText } from "../os/io/file.ts";
import { COMMIT, VERSION } from "../version.ts";
import { type Config, DEFAULT_CONFIG } from "./config.ts";

/** The largest configuration, and the largest validated form, that is read. Bytes. */
export const CONFIG_LIMIT = 256 * 1024;

/** A version of a configuration file. One that is edited, replaced or moved has another identity. */
export interface ConfigIdentity {
  readonly path: string;
  readonly inode: string;
  /** Bytes. */
  readonly size: number;
  /** Unix milliseconds. */
  readonly modifiedMs: number;
}

export interface CachedConfig {
  readonly source: ConfigIdentity;
  /** The file's; when that is invalid, the last valid one. */
  readonly config: Config;
  /** What is wrong with the file, in a few words. */
  readonly error?: string;
}

export interface LoadedConfig {
  readonly config: Config;
  /** Why the user's configuration is not in use, in a few words: it is invalid, or cannot be read. */
  readonly error?: string;
  /** The file changed since it was validated: `config` is the last valid one. */
  readonly changed?: ConfigIdentity;
}

/**
 * The configuration in use. Does not check a file that changed. Never throws.
 * @param file the user's configuration; it need not exist
 * @param cacheFile the validated form
 */
export function loadConfig(file: string | undefined, cacheFile: string | undefined): LoadedConfig {
  const source = file === undefined ? undefined : identify(file);
  if (source === undefined) return { config: DEFAULT_CONFIG };
  const cached = cacheFile === undefined ? undefined : readCachedConfig(cacheFile);
  if ("unreadable" in source) {
    const isOfFile = cached !== undefined && cached.source.path === file;
    return { config: isOfFile ? cached.config : DEFAULT_CONFIG, error: source.unreadable };
  }
  if (cached === undefined) return { config: DEFAULT_CONFIG, changed: source };
  const { config, error } = cached;
  if (!sameConfig(cached.source, source)) return { config, changed: source };
  return error === undefined ? { config } : { config, error };
}

/** @returns undefined if this build has not validated it yet */
export const readCachedConfig = (cacheFile: string): CachedConfig | undefined =>
  decodeConfig(readSmallText(cacheFile, { limit: CONFIG_LIMIT, mustBeOurs: true }));

/**
 * Links are followed: configurations are often linked.
 * @returns undefined for a missing file; why it cannot be read
 */
function identify(path: string): ConfigIdentity | { readonly unreadable: string } | undefined {
  const fd = openExisting(path, OPEN.RDONLY | OPEN.NONBLOCK | OPEN.CLOEXEC);
  if (fd < 0) return whyNotOpened(errno());
  const facts = fstat(fd);
  close(fd);
  const type = (facts?.mode ?? 0) & FILE_TYPE.mask;
  if (!facts || type !== FILE_TYPE.regular)
    return { unreadable: `it is ${type === FILE_TYPE.directory ? "a directory" : "not a regular file"}` };
  return { path, inode: String(facts.inode), size: facts.size, modifiedMs: facts.modifiedMs };
}

const whyNotOpened = (error: number): { readonly unreadable: string } | undefined =>
  error === ERRNO.ENOENT || error === ERRNO.ENOTDIR
    ? undefined
    : { unreadable: `it cannot be read: ${errorText(error)}` };

/** Whether two identities are of the same version of the same file. */
const sameConfig = (a: ConfigIdentity, b: ConfigIdentity): boolean =>
  a.path === b.path && a.inode === b.inode && a.size === b.size && a.modifiedMs === b.modifiedMs;

const BUILD = `${VERSION} ${COMMIT}`;
const SUM = ',"sum":"';

/** @returns the cache file's text: JSON, with the checksum as its last field */
export function encodeConfig(cached: CachedConfig): string {
  const body = JSON.stringify({ build: BUILD, ...cached }).slice(0, -1);
  return `${body}${SUM}${sum(body)}"}`;
}

/** @returns undefined if another build wrote it, or it was changed since */
function decodeConfig(text: string | undefined): CachedConfig | undefined {
  const end = text?.lastIndexOf(SUM) ?? -1;
  if (text === undefined || end < 0) return undefined;
  const body = text.slice(0, end);
  if (text.slice(end) !== `${SUM}${sum(body)}"}`) return undefined;
  const { build, ...cached } = JSON.parse(text) as CachedConfig & { build: string };
  return build === BUILD ? cached : undefined;
}

const sum = (text: string): string => Bun.hash(text).toString(36);
