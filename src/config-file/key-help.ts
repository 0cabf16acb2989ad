/** What a key of the configuration takes and has: for `config set` without a value. */

import { formatPath } from "../json-text/path.ts";
import type { Path } from "../json-text/tree.ts";
import { timeRange } from "./checks.ts";
import { readConfig } from "./read.ts";
import type { Schema } from "./reference.ts";
import { CONFIG_KEYS, jsonSchema } from "./schema.ts";

/** @returns the settings by their first steps: "preset, rows, style" */
export const keyList = (): string => CONFIG_KEYS.join(", ");

/**
 * @param path of a setting
 * @param text the configuration
 * @returns "one of auto, fjord-dark; now auto", or undefined for an unknown setting
 */
export function keyHelp(path: Path, text: string): string | undefined {
  const described = path[0] === "rows" ? ["rows"] : path;
  const schema = described.reduce<Schema | undefined>(below, jsonSchema() as Schema);
  if (schema === undefined) return undefined;
  const keys = Object.keys(schema.properties ?? {});
  const needed = schema.required ?? [];
  if (needed.length > 1) return `an object with ${needed.join(", ")}`;
  if (keys.length > 0) return `set one of ${keys.map((key) => formatPath([...path, key])).join(", ")}`;
  const present = presentValue(path, text, schema);
  return `${valuesOf(schema, path)}${present === undefined ? "" : `; now ${present}`}`;
}

/** The schema one step further down. Rows are described as a whole. */
function below(schema: Schema | undefined, step: string | number): Schema | undefined {
  if (typeof step === "number") return schema?.items || schema?.prefixItems?.[step];
  const { properties = {}, additionalProperties } = schema ?? {};
  // "command:weather" has the settings of the segment "command".
  const named = properties[step] ?? properties[step.replace(/:.*/s, "")];
  return named ?? (describes(additionalProperties) ? additionalProperties : undefined);
}

/** An empty schema allows any member: others check it. */
const describes = (schema: Schema | boolean | undefined): schema is Schema =>
  typeof schema === "object" && Object.keys(schema).length > 0;

function valuesOf(schema: Schema, path: Path): string {
  const { type, minimum, maximum, prefixItems, pattern } = schema;
  const [names] = [schema, ...(schema.anyOf ?? [])].flatMap((each) => (each.enum ? [each.enum] : []));
  const range = minimum === undefined || maximum === undefined ? "" : ` from ${minimum} to ${maximum}`;
  if (path[0] === "rows") return `a list of rows like [["model", "git"], ["context", "cost"]]`;
  if (names) return `one of ${names.join(", ")}`;
  const [time] = schema.anyOf ?? [];
  if (time?.minimum !== undefined && time.maximum !== undefined) return timeRange(time.minimum, time.maximum);
  if (type === "boolean") return "true or false";
  if (type === "integer") return `a whole number${range}`;
  if (type === "number") return `a number${range}`;
  if (prefixItems) return "two numbers like [70, 85]";
  if (pattern?.startsWith("^#")) return `a colour like "#8fc7ff"`;
  if (type === "array") return 'a list like ["curl", "-s", "wttr.in"]';
  if (describes(schema.additionalProperties)) return `set ${formatPath([...path, "NAME"])}`;
  return "a text";
}

/** Settings that the file has in another form than the program. */
const CONVERTED = ["refresh", "commands", "rows"];

/** What the file has, else what applies; undefined for nothing. */
function presentValue(path: Path, text: string, schema: Schema): string | undefined {
  const read = readConfig(text);
  const config = "config" in read && !CONVERTED.includes(String(path[0])) ? read.config : {};
  const value = at(parsed(text), path) ?? at(config, path) ?? schema.default;
  if (value === undefined) return path[0] === "rows" ? "those of the preset" : undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function parsed(text: string): unknown {
  try {
    return Bun.JSONC.parse(text.trim() === "" ? "{}" : text);
  } catch {
    return {};
  }
}

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (inner, step) =>
      typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[step] : undefined,
    value,
  );
