/** The settings of one render. */

import { DEFAULT_SETTINGS } from "../line/defaults.ts";
import type { Settings } from "../line/settings.ts";
import type { StatePaths } from "../state/paths.ts";
import type { Environment } from "./terminal.ts";

export interface ReadSettings {
  readonly settings: Settings;
  /** Why the user's configuration is not the one in use, in a few words. */
  readonly error?: string;
  /** There is a configuration whose validated form is not in the cache. */
  readonly changed: boolean;
}

export function readSettings(_env: Environment, _paths: StatePaths | undefined): ReadSettings {
  return { settings: DEFAULT_SETTINGS, changed: false };
}
