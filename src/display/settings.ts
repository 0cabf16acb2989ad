/**
 * The settings of one render: the built-in ones, or the validated form of the user's configuration.
 *
 * A configuration that changed since it was validated is read anew by `fresh-settings.ts`, once: the background pass
 * that is started then writes its validated form.
 */

import { CONFIG_LIMIT, type ConfigIdentity, decodeSettings, sameConfig } from "../config/cache.ts";
import type { Config } from "../config/config.ts";
import { DEFAULT_CONFIG } from "../config/defaults.ts";
import { close, OPEN, openExisting } from "../os/ffi/file.ts";
import { FILE_TYPE, fstat } from "../os/ffi/stat.ts";
import { readSmallText } from "../os/io/file.ts";
import { configPath, type StatePaths } from "../state/paths.ts";
import type { Environment } from "./terminal.ts";

export interface ReadSettings {
  readonly settings: Config;
  /** Why the user's configuration is not the one in use, in a few words. */
  readonly error?: string;
  /** The configuration whose validated form is not in the cache: `settings` are the last good ones. */
  readonly changed?: ConfigIdentity;
}

/** Read the settings, without checking a configuration that changed. Never throws. */
export function readSettings(env: Environment, paths: StatePaths | undefined): ReadSettings {
  const path = configPath(env);
  const source = path === undefined ? undefined : identify(path);
  if (source === undefined) return { settings: DEFAULT_CONFIG };
  const cached =
    paths && decodeSettings(readSmallText(paths.configCache, { limit: CONFIG_LIMIT, mustBeOurs: true }));
  if (cached === undefined) return { settings: DEFAULT_CONFIG, changed: source };
  const { settings, error } = cached;
  if (!sameConfig(cached.source, source)) return { settings, changed: source };
  return error === undefined ? { settings } : { settings, error };
}

/** @returns undefined when there is no such regular file. Links are followed: configurations are often linked. */
function identify(path: string): ConfigIdentity | undefined {
  const fd = openExisting(path, OPEN.RDONLY | OPEN.NONBLOCK | OPEN.CLOEXEC);
  if (fd < 0) return undefined;
  const facts = fstat(fd);
  close(fd);
  if (!facts || (facts.mode & FILE_TYPE.mask) !== FILE_TYPE.regular) return undefined;
  return { path, inode: String(facts.inode), size: facts.size, modifiedMs: facts.modifiedMs };
}
