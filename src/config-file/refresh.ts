/**
 * A configuration that changed: checked, and its validated form written. What checks it is loaded only then: a schema
 * library takes longer to start than a pass.
 */
import type { Config } from "../config/config.ts";
import { type ConfigIdentity, encodeConfig, type LoadedConfig, loadConfig } from "../config/load.ts";
import { readConfigText } from "../config/text.ts";
import { replaceFile } from "../state/write.ts";

/** @returns the configuration in use once the changed file is checked: the last valid one when it has an error */
export async function checkChanged(loaded: LoadedConfig): Promise<LoadedConfig> {
  const { config, changed } = loaded;
  if (!changed) return loaded;
  const read = readText(changed);
  if ("error" in read) return { config, changed, error: read.error };
  const { formatError, readConfig } = await import("./read.ts");
  const checked = readConfig(read.text);
  if ("config" in checked) return { config: checked.config, changed };
  const [first, ...others] = checked.errors;
  const more = others.length > 0 ? ` (and ${others.length} more)` : "";
  return { config, changed, error: `${first ? formatError(first) : "it is invalid"}${more}` };
}

function readText({ path }: ConfigIdentity): { text: string } | { error: string } {
  try {
    return { text: readConfigText(path) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/**
 * The configuration in use; checks the file and updates its validated form when it changed.
 * @param file the user's configuration; it need not exist
 * @param report called when the validated form cannot be written
 */
export async function refreshConfig(
  file: string | undefined,
  cacheFile: string,
  report: (message: string) => void,
): Promise<Config> {
  const { changed: source, ...checked } = await checkChanged(loadConfig(file, cacheFile));
  if (!source) return checked.config;
  try {
    replaceFile(cacheFile, Buffer.from(encodeConfig({ source, ...checked })));
  } catch (error) {
    report(`configuration: ${(error as Error).message}`);
  }
  return checked.config;
}
