/**
 * The validated configuration as it lies in the state directory, so that a render need not check it again: the settings
 * in force, which file they come from, and what is wrong with that file's newest version.
 *
 * Only a cache that this very build wrote is believed, and only unchanged: the sum at its end is of all before it.
 */
import { COMMIT, VERSION } from "../version.ts";
import type { Config } from "./config.ts";

/** The largest configuration, and the largest validated form, that is read. Bytes. */
export const CONFIG_LIMIT = 256 * 1024;

/** Which version of which file was read. A file that is edited, replaced or moved has another identity. */
export interface ConfigIdentity {
  readonly path: string;
  readonly inode: string;
  /** Bytes. */
  readonly size: number;
  /** Unix milliseconds, without fractions: the two ways of asking for them round differently. */
  readonly modifiedMs: number;
}

export interface CachedSettings {
  readonly source: ConfigIdentity;
  /** The settings in force: the file's, or, when it is wrong, the last good ones. */
  readonly settings: Config;
  /** What is wrong with the file, in a few words. */
  readonly error?: string;
}

const BUILD = `${VERSION} ${COMMIT}`;
const SUM = ',"sum":"';

/** @returns the cache file's text: JSON, with the sum as its last field */
export function encodeSettings(cached: CachedSettings): string {
  const body = JSON.stringify({ build: BUILD, ...cached }).slice(0, -1);
  return `${body}${SUM}${sum(body)}"}`;
}

/** @returns undefined for what this build has not written, or what was changed since */
export function decodeSettings(text: string | undefined): CachedSettings | undefined {
  const end = text?.lastIndexOf(SUM) ?? -1;
  if (text === undefined || end < 0) return undefined;
  const body = text.slice(0, end);
  if (text.slice(end) !== `${SUM}${sum(body)}"}`) return undefined;
  const { build, ...cached } = JSON.parse(text) as CachedSettings & { build: string };
  return build === BUILD ? cached : undefined;
}

/** Whether two identities are of the same version of the same file. */
export const sameConfig = (a: ConfigIdentity, b: ConfigIdentity): boolean =>
  a.path === b.path && a.inode === b.inode && a.size === b.size && a.modifiedMs === b.modifiedMs;

const sum = (text: string): string => Bun.hash(text).toString(36);
