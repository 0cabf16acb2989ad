/** `config.json` → settings, or what is wrong with it, where, and what to do. */
import type { z } from "zod";
import type { Config, SegmentConfig } from "../config/config.ts";
import { DEFAULT_CONFIG } from "../config/defaults.ts";
import { PRESETS, type Preset } from "./presets.ts";
import { CONFIG, type ConfigFile } from "./schema.ts";

/** One thing that is wrong. */
export interface ConfigError {
  /** Where: "rows[0].left[2]"; empty for the file as a whole. */
  readonly path: string;
  /** What, and what to do about it. */
  readonly message: string;
}

export type ReadConfig = { readonly settings: Config } | { readonly errors: readonly ConfigError[] };

/**
 * Read a configuration.
 * @param text the file's content: JSON with comments and trailing commas; nothing at all is an empty configuration
 */
export function readConfig(text: string): ReadConfig {
  let json: unknown;
  try {
    json = text.trim() === "" ? {} : Bun.JSONC.parse(text);
  } catch (error) {
    const message =
      error instanceof Error ? error.message.replace(/^JSONC Parse error: /, "") : String(error);
    return { errors: [{ path: "", message: `it is not JSON: ${message}` }] };
  }
  const checked = CONFIG.safeParse(json);
  if (checked.success) return { settings: toSettings(checked.data) };
  return { errors: checked.error.issues.flatMap((issue) => explain(issue, [])) };
}

type Issue = z.core.$ZodIssue;

/** An issue as errors. Of alternatives, the one that the value is of a kind with says what is wrong inside. */
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

/** Errors as one line each: "rows[0].left[2]: 'gti' is no segment; did you mean 'git'?" */
export const formatError = ({ path, message }: ConfigError): string =>
  path === "" ? message : `${path}: ${message}`;

/** A path as JavaScript would write it, and as `config set` takes it. */
export function formatPath(path: readonly PropertyKey[]): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (/^[A-Za-z_$][\w$-]*$/.test(String(step)))
      text += text === "" ? String(step) : `.${String(step)}`;
    else text += `[${JSON.stringify(String(step))}]`;
  }
  return text;
}

/** The configuration over its preset over the defaults. */
function toSettings(config: ConfigFile): Config {
  const preset: Preset = PRESETS[(config.preset ?? "default") as keyof typeof PRESETS];
  const base = { ...DEFAULT_CONFIG, ...preset.settings };
  const { separator, bar, segments } = config;
  return {
    rows: (config.rows as Config["rows"] | undefined) ?? base.rows,
    style: config.style ?? base.style,
    icons: config.icons ?? base.icons,
    theme: config.theme ?? base.theme,
    colors: withoutAbsent(config.colors ?? {}),
    ...(separator === undefined ? {} : { separator }),
    bar: { shape: bar?.shape ?? base.bar.shape, cells: bar?.cells ?? base.bar.cells },
    margin: config.margin ?? base.margin,
    padding: config.padding ?? base.padding,
    segments: mergeSegments(base.segments, withoutAbsent(segments ?? {}) as Config["segments"]),
    refresh: withoutAbsent(config.refresh ?? {}),
    commands: config.commands ?? {},
    prices: config.prices ?? {},
    billing: config.billing ?? base.billing,
  };
}

function mergeSegments(base: Config["segments"], own: Config["segments"]): Config["segments"] {
  const merged: Record<string, SegmentConfig> = { ...base };
  for (const [name, settings] of Object.entries(own)) merged[name] = { ...merged[name], ...settings };
  return merged;
}

function withoutAbsent<Value>(record: Readonly<Record<string, Value | undefined>>): Record<string, Value> {
  const present: Record<string, Value> = {};
  for (const [name, value] of Object.entries(record)) if (value !== undefined) present[name] = value;
  return present;
}
