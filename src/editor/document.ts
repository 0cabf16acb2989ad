/**
 * The configuration that is edited: the file's text, and what the text parses to. The preview draws what it parses to,
 * so it shows what a saved file gives.
 */
import { type Config, DEFAULT_CONFIG } from "../config/config.ts";
import { type PresetName, presetNamed } from "../config-file/presets.ts";
import { type ConfigError, readConfig } from "../config-file/read.ts";
import { removeMember, setValue } from "../json-text/edit.ts";
import { find, JsonTextError, type Path, parseText } from "../json-text/tree.ts";

/** Comments and trailing commas are allowed in the file. */
export const WITH_COMMENTS = { comments: true } as const;

export interface ConfigDocument {
  readonly text: string;
  readonly config: Config;
  readonly preset: PresetName;
}

/** @returns the document of a valid text, or the errors of an invalid one */
export function readDocument(text: string): ConfigDocument | { readonly errors: readonly ConfigError[] } {
  const read = readConfig(text);
  if ("errors" in read) return read;
  const json = text.trim() === "" ? {} : (Bun.JSONC.parse(text) as { preset?: string });
  return { text, config: read.config, preset: presetNamed(json.preset ?? "default") ?? "default" };
}

const bases = new Map<PresetName, Config>();

/** @returns the configuration of the document's preset, without settings of the user */
export function baseOf({ preset }: ConfigDocument): Config {
  const known = bases.get(preset);
  if (known) return known;
  const read = readConfig(JSON.stringify({ preset }));
  const base = "config" in read ? read.config : DEFAULT_CONFIG;
  bases.set(preset, base);
  return base;
}

/** Whether the text itself has a value at this path. */
export function isSet(text: string, path: Path): boolean {
  try {
    return text.trim() !== "" && find(parseText(text, WITH_COMMENTS), path) !== undefined;
  } catch (error) {
    // A duplicate key, which an edit reports.
    if (error instanceof JsonTextError) return true;
    throw error;
  }
}

/**
 * Set a value in the text.
 * @param saved the text in the file: a value that it lacks is removed again when it is the default
 * @param isDefault the value is what the configuration has without it
 * @throws JsonTextError; Error when a value on the path is not an object
 */
export function withValue(
  text: string,
  saved: string,
  path: Path,
  value: unknown,
  isDefault: boolean,
): string {
  if (isDefault && !isSet(saved, path)) return withoutValue(text, saved, path);
  const changed = setValue(text, path, value, WITH_COMMENTS);
  if (changed === undefined) throw new Error("the file has something else in this place");
  return changed;
}

/** Remove a value from the text, and the objects around it that are empty then and not in the saved text. */
export function withoutValue(text: string, saved: string, path: Path): string {
  let changed = removeMember(text, path, WITH_COMMENTS) ?? text;
  for (let length = path.length - 1; length > 0; length--) {
    const above = path.slice(0, length);
    const node = find(parseText(changed, WITH_COMMENTS), above);
    if (node?.type !== "object" || (node.children ?? []).length > 0 || isSet(saved, above)) break;
    changed = removeMember(changed, above, WITH_COMMENTS) ?? changed;
  }
  return changed;
}
