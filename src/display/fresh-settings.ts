/** A configuration that changed, checked now rather than in the background: it is in force at the first render. */
import { validate } from "../config-file/cache.ts";
import type { ReadSettings } from "./settings.ts";

/** @returns the settings in force with the changed configuration, or the last good ones and what is wrong with it */
export async function freshSettings({ settings, changed }: ReadSettings): Promise<ReadSettings> {
  if (!changed) return { settings };
  const { settings: inForce, error } = await validate(changed, settings);
  return { settings: inForce, changed, ...(error === undefined ? {} : { error }) };
}
