/**
 * The settings of a pass, from the validated form of the configuration that lies in the state directory.
 *
 * A pass brings that form up to date first (config/cache.ts): a changed file is checked in the background.
 */

import { CONFIG_LIMIT, decodeSettings } from "../config/cache.ts";
import { refreshConfigCache } from "../config-file/cache.ts";
import { readSmallText } from "../os/io/file.ts";
import type { StatePaths } from "../state/paths.ts";
import type { GatherSettings } from "./part.ts";

export const DEFAULT_CONFIG: GatherSettings = {
  refresh: {},
  commands: {},
  prices: {},
  billing: { source: "ledger" },
};

/**
 * What of the settings in force concerns gathering, once a changed configuration is checked.
 * @param configPath the configuration's file; it need not exist
 * @param note told when the validated form cannot be written: the one before is then in force
 */
export async function currentSettings(
  paths: StatePaths,
  configPath: string | undefined,
  note: (message: string) => void,
): Promise<GatherSettings> {
  try {
    await refreshConfigCache(paths, configPath);
  } catch (error) {
    note(`configuration: ${(error as Error).message}`);
  }
  return readGatherSettings(paths);
}

/** What of the validated form concerns gathering; the built-in settings when there is no configuration. */
export function readGatherSettings(paths: StatePaths): GatherSettings {
  const cached = decodeSettings(readSmallText(paths.configCache, { limit: CONFIG_LIMIT, mustBeOurs: true }));
  return cached?.settings ?? DEFAULT_CONFIG;
}
