/**
 * The token count at which the client compacts automatically (Claude Code 2.1.331: its code, and measured).
 *
 * It reserves 20,000 tokens for the summary and compacts 13,000 before that: at 967,000 of 1,000,000. It does so only
 * if the environment, the settings or a window of one million set a size. Otherwise (Haiku 4.5 or Sonnet 4.5 with
 * 200,000) it waits for the API to refuse; sessions beyond 99 % were seen. `--settings` and what the server sends can
 * also set a size; neither is visible from here.
 */
import type { Environment } from "../os/environment.ts";
import { legacyAutoCompact } from "./client-file.ts";
import { type AutoCompactSettings, settingsLayers } from "./settings.ts";

const LARGE_WINDOW = 1_000_000;
/** The client raises smaller sizes to this. Tokens. */
const SMALLEST_SIZE = 100_000;
/** Reserved for the summary, unless the model's output limit is lower. Tokens. */
const SUMMARY = 20_000;
/** Compaction starts this much before the reserve. Tokens. */
const BUFFER = 13_000;

/** What controls compaction besides the environment. */
export interface CompactionSettings {
  readonly enabled: boolean;
  /** The window to fill, in tokens; absent when the client chooses. */
  readonly window?: number;
}

/** Whether the client compacts automatically at all. */
export const compactsAutomatically = (env: Environment, { enabled }: CompactionSettings): boolean =>
  enabled && !isSet(env.DISABLE_AUTO_COMPACT) && !isSet(env.DISABLE_COMPACT);

/**
 * @param contextWindow the model's window from the payload. Tokens
 * @param env the client's environment
 * @returns tokens; undefined when the client does not compact automatically, or the point is unknown
 */
export function compactionPoint(
  contextWindow: number,
  env: Environment,
  settings: CompactionSettings,
): number | undefined {
  if (!compactsAutomatically(env, settings)) return undefined;
  const size = sizeOf(env.CLAUDE_CODE_AUTO_COMPACT_WINDOW) ?? settings.window;
  if (size === undefined && contextWindow < LARGE_WINDOW) return undefined;
  const longest = Number(env.CLAUDE_CODE_MAX_OUTPUT_TOKENS);
  const summary = longest > 0 ? Math.min(longest, SUMMARY) : SUMMARY;
  const usable = Math.min(contextWindow, size ?? contextWindow) - summary;
  const percent = Number.parseFloat(env.CLAUDE_AUTOCOMPACT_PCT_OVERRIDE ?? "");
  const share = percent > 0 && percent <= 100 ? Math.floor((usable * percent) / 100) : usable;
  const point = Math.min(share, usable - BUFFER);
  return point > 0 ? point : undefined;
}

/** The client's parsing of a flag. */
const isSet = (value: string | undefined): boolean =>
  value !== undefined && ["1", "true", "yes", "on"].includes(value.trim().toLowerCase());

/** "200000" or "200k"; undefined for anything else. */
function sizeOf(value: string | undefined): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([km]?)$/i.exec(value?.trim() ?? "");
  if (!match) return undefined;
  const unit = { "": 1, k: 1e3, m: 1e6 }[(match[2] as string).toLowerCase()] ?? 1;
  const size = Math.round(Number(match[1]) * unit);
  return size > 0 ? Math.max(size, SMALLEST_SIZE) : undefined;
}

/**
 * From the settings files by precedence, with the client's own file as fallback.
 * @param directory the session's, absolute
 * @param model the model's id: settings may apply to one model
 */
export function compactionSettings(directory: string, claudeDir: string, model: string): CompactionSettings {
  const layers = settingsLayers(directory, claudeDir).flatMap(({ problem, autoCompact }) =>
    problem === undefined && autoCompact ? [autoCompact] : [],
  );
  const enabled =
    layers.find((layer) => layer.enabled !== undefined)?.enabled ?? legacyAutoCompact(claudeDir);
  const sized = layers.map((layer) => windowFor(layer, model)).find((window) => window !== undefined);
  return { enabled: enabled ?? true, ...(typeof sized === "number" ? { window: sized } : {}) };
}

/** A size, "auto" for the client's choice, or undefined when not set. */
function windowFor({ window, byModel }: AutoCompactSettings, model: string): number | "auto" | undefined {
  const name = model.replace("[1m]", "");
  const own = byModel?.[model] ?? byModel?.[name] ?? window;
  if (own === "auto") return own;
  return own === undefined ? undefined : Math.max(own, SMALLEST_SIZE);
}
