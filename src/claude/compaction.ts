/**
 * The token count at which the client compacts the conversation by itself (read in Claude Code 2.1.331 and measured).
 *
 * It keeps 20,000 tokens of the window for the summary and compacts 13,000 before that: at 967,000 of 1,000,000. It does
 * so only where something names the size of the window to fill: the environment, the settings, or a window of one
 * million. Otherwise (Haiku 4.5 or Sonnet 4.5 with 200,000) it waits for the API to refuse, and sessions were seen to
 * go beyond 99 %. Two things that name a size cannot be seen from here: `--settings`, and what the server sends.
 */
import { basename, dirname, join } from "node:path";
import { readClientFile } from "./client-file.ts";
import { field } from "./json.ts";
import type { AutoCompactSettings } from "./settings-file.ts";
import { settingsLayers } from "./settings-layers.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const LARGE_WINDOW = 1_000_000;
/** What the client takes a smaller size for. Tokens. */
const SMALLEST_SIZE = 100_000;
/** Kept for the summary, if the model may write as much. Tokens. */
const SUMMARY = 20_000;
/** How much before the summary's space it begins. Tokens. */
const BUFFER = 13_000;

/** What decides about compaction beside the environment. */
export interface CompactionSettings {
  readonly enabled: boolean;
  /** The window to fill, in tokens; absent when the client chooses it. */
  readonly window?: number;
}

/** Whether the client compacts by itself at all. */
export const compactsItself = (env: Environment, { enabled }: CompactionSettings): boolean =>
  enabled && !isSet(env.DISABLE_AUTO_COMPACT) && !isSet(env.DISABLE_COMPACT);

/**
 * @param contextWindow the model's window, as the payload has it. Tokens
 * @param env the environment of the client
 * @returns tokens; undefined when the client does not compact by itself, or it is not known when
 */
export function compactionPoint(
  contextWindow: number,
  env: Environment,
  settings: CompactionSettings,
): number | undefined {
  if (!compactsItself(env, settings)) return undefined;
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

/** As the client reads a flag. */
const isSet = (value: string | undefined): boolean =>
  value !== undefined && ["1", "true", "yes", "on"].includes(value.trim().toLowerCase());

/** "200000" or "200k"; a size that is too small counts as the smallest, anything else as none. */
function sizeOf(value: string | undefined): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([km]?)$/i.exec(value?.trim() ?? "");
  if (!match) return undefined;
  const unit = { "": 1, k: 1e3, m: 1e6 }[(match[2] as string).toLowerCase()] ?? 1;
  const size = Math.round(Number(match[1]) * unit);
  return size > 0 ? Math.max(size, SMALLEST_SIZE) : undefined;
}

/**
 * The settings of a session: its files, the strongest first, and for what none of them says the client's own file.
 * @param directory the session's, absolute
 * @param model the model's id; settings may be for one model
 */
export function compactionSettings(directory: string, claudeDir: string, model: string): CompactionSettings {
  const layers = settingsLayers(directory, claudeDir).flatMap(({ problem, autoCompact }) =>
    problem === undefined && autoCompact ? [autoCompact] : [],
  );
  const said = layers.find(({ enabled }) => enabled !== undefined)?.enabled ?? legacyEnabled(claudeDir);
  const sized = layers.map((layer) => windowFor(layer, model)).find((window) => window !== undefined);
  return { enabled: said ?? true, ...(typeof sized === "number" ? { window: sized } : {}) };
}

/** A size, "auto" to leave it to the client, or undefined when the file says nothing. */
function windowFor({ window, byModel }: AutoCompactSettings, model: string): number | "auto" | undefined {
  const name = model.replace("[1m]", "");
  const own = byModel?.[model] ?? byModel?.[name] ?? window;
  if (own === "auto") return own;
  return own === undefined ? undefined : Math.max(own, SMALLEST_SIZE);
}

/** `autoCompactEnabled` of `.claude.json`, where earlier clients kept it. */
function legacyEnabled(claudeDir: string): boolean | undefined {
  const beside = basename(claudeDir) === ".claude" ? [join(dirname(claudeDir), ".claude.json")] : [];
  for (const path of [join(claudeDir, ".claude.json"), ...beside]) {
    const enabled = field(readClientFile(path), "autoCompactEnabled");
    if (typeof enabled === "boolean") return enabled;
  }
  return undefined;
}
