/**
 * The validated form of the configuration, for everybody who does not want to check it again. What checks it is loaded
 * only when there is something to check: a schema library costs more to start than a pass takes.
 */
import { readFileSync, statSync } from "node:fs";
import {
  type CachedSettings,
  CONFIG_LIMIT,
  type ConfigIdentity,
  decodeSettings,
  encodeSettings,
  sameConfig,
} from "../config/cache.ts";
import { DEFAULT_CONFIG } from "../config/defaults.ts";
import { readSmallText } from "../os/io/file.ts";
import type { StatePaths } from "../state/paths.ts";
import { replaceFile } from "../state/write.ts";

/**
 * Check a configuration, and find the settings that are in force with it.
 * @param source which version of the file; it is read now
 * @param before what was in force until now: it stays when the file is wrong
 */
export async function validate(
  source: ConfigIdentity,
  before: CachedSettings["settings"],
): Promise<CachedSettings> {
  const read = readText(source);
  if ("error" in read) return { source, settings: before, error: read.error };
  const { formatError, readConfig } = await import("./read.ts");
  const config = readConfig(read.text);
  if ("settings" in config) return { source, settings: config.settings };
  const [first, ...others] = config.errors;
  const more = others.length > 0 ? ` (and ${others.length} more)` : "";
  return { source, settings: before, error: `${first ? formatError(first) : "it is wrong"}${more}` };
}

function readText({ path, size }: ConfigIdentity): { text: string } | { error: string } {
  if (size > CONFIG_LIMIT) return { error: `it is larger than ${CONFIG_LIMIT / 1024} KiB` };
  try {
    return { text: readFileSync(path, "utf8") };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/**
 * Bring the validated form up to date when the configuration has changed since it was written.
 * @param path the configuration's file; it need not exist
 * @throws the system's error when the state directory cannot be written to
 */
export async function refreshConfigCache(paths: StatePaths, path: string | undefined): Promise<void> {
  const facts = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false, bigint: true });
  if (path === undefined || !facts?.isFile()) return;
  const source: ConfigIdentity = {
    path,
    inode: String(facts.ino),
    size: Number(facts.size),
    modifiedMs: Number(facts.mtimeMs),
  };
  const cached = decodeSettings(readSmallText(paths.configCache, { limit: CONFIG_LIMIT, mustBeOurs: true }));
  if (cached && sameConfig(cached.source, source)) return;
  const fresh = await validate(source, cached?.settings ?? DEFAULT_CONFIG);
  replaceFile(paths.configCache, Buffer.from(encodeSettings(fresh)));
}
