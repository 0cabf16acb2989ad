/** `config.json` → a configuration, or what is wrong with it, where, and what to do. */
import type { z } from "zod";
import { type Config, DEFAULT_CONFIG } from "../config/config.ts";
import { formatPath } from "../json-text/path.ts";
import { JsonTextError, parseText, positionAt } from "../json-text/tree.ts";
import { type PresetName, presetConfig, presetNamed } from "./presets.ts";
import { CONFIG, type ConfigFile } from "./schema.ts";

export interface ConfigError {
  /** "rows[0].left[2]"; empty for the file as a whole. */
  readonly path: string;
  /** What is wrong, and what to do about it. */
  readonly message: string;
}

export type ReadConfig = { readonly config: Config } | { readonly errors: readonly ConfigError[] };

/** @param text the file's content: JSON with comments and trailing commas; empty is an empty configuration */
export function readConfig(text: string): ReadConfig {
  let json: unknown;
  try {
    json = isEmpty(text) ? {} : parse(text);
  } catch (error) {
    return { errors: [{ path: "", message: `not JSON: ${(error as Error).message}` }] };
  }
  const checked = CONFIG.safeParse(withCurrentPreset(json));
  if (checked.success) return { config: complete(checked.data) };
  return { errors: checked.error.issues.flatMap((issue) => explain(issue, [])) };
}

const isEmpty = (text: string): boolean => text.replace(/^\ufeff/, "").trim() === "";

/** Bun's parser ignores what follows the first value: the other one finds it, and where an error is. */
function parse(text: string): unknown {
  try {
    parseText(text, { comments: true });
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    const { line, column } = positionAt(text, error.at);
    throw new Error(`line ${line}, column ${column}: ${error.message}`);
  }
  return Bun.JSONC.parse(text);
}

function withCurrentPreset(json: unknown): unknown {
  if (!isObject(json) || typeof json.preset !== "string") return json;
  return { ...json, preset: presetNamed(json.preset) ?? json.preset };
}

type Issue = z.core.$ZodIssue;

/** Of alternatives, the one of the value's kind tells what is wrong inside. */
function explain(issue: Issue, above: readonly PropertyKey[]): ConfigError[] {
  const path = [...above, ...issue.path];
  if (issue.code === "invalid_union") {
    const meant = issue.errors.find((branch) => branch.some((each) => each.path.length > 0));
    if (meant) return meant.flatMap((each) => explain(each, path));
    const keys = issue.errors.flat().find((each) => each.code === "unrecognized_keys");
    if (keys) return explain(keys, path);
  }
  if (issue.code === "invalid_key")
    return [{ path: formatPath(path), message: issue.issues[0]?.message ?? issue.message }];
  return [{ path: formatPath(path), message: issue.message }];
}

/** "rows[0].left[2]: unknown segment 'gti'; did you mean 'git'?" */
export const formatError = ({ path, message }: ConfigError): string =>
  path === "" ? message : `${path}: ${message}`;

export const formatErrors = (errors: readonly ConfigError[]): string => errors.map(formatError).join("; ");

/** The configuration over its preset over the defaults. */
function complete({ $schema: _, preset = "default", ...own }: ConfigFile): Config {
  return merge(merge(DEFAULT_CONFIG, presetConfig(preset as PresetName)), own) as Config;
}

/** Objects are merged key by key; lists and single values are replaced. */
function merge(base: unknown, over: unknown): unknown {
  if (!isObject(base) || !isObject(over)) return over;
  const present = Object.entries(over).filter(([, value]) => value !== undefined);
  return { ...base, ...Object.fromEntries(present.map(([key, value]) => [key, merge(base[key], value)])) };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
