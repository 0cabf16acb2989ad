/**
 * The settings of a pass, from the validated form of the configuration that lies in the state directory.
 *
 * `refreshConfigCache` is the seam to the configuration's reader: a pass calls it first, so that a changed file is
 * checked in the background and the display path only ever reads the result.
 */
import { amount, at, field, type Json, text } from "../claude/json.ts";
import type { CommandSettings, PriceSettings } from "../line/settings.ts";
import { readSmallText } from "../process/small-file.ts";
import type { StatePaths } from "../state/paths.ts";
import type { GatherSettings } from "./part.ts";

const CACHE_LIMIT = 256 * 1024;

export const DEFAULT_SETTINGS: GatherSettings = {
  refresh: {},
  commands: {},
  prices: {},
  billing: { source: "ledger" },
};

/**
 * Bring the validated form up to date when the configuration has changed.
 * @param configPath the configuration's file; it need not exist
 */
export async function refreshConfigCache(_paths: StatePaths, _configPath: string | undefined): Promise<void> {
  // Nothing reads the configuration yet: the built-in settings apply.
}

/** What of the validated form concerns gathering. Total: what is not there or not right has its default. */
export function readGatherSettings(paths: StatePaths): GatherSettings {
  const cache = parse(readSmallText(paths.configCache, { limit: CACHE_LIMIT, mustBeOurs: true }));
  const json = field(cache, "settings") ?? cache;
  return {
    refresh: entries(field(json, "refresh"), amount),
    commands: entries(field(json, "commands"), readCommand),
    prices: entries(field(json, "prices"), readPrice),
    billing: { source: at(json, "billing", "source") === "ccusage" ? "ccusage" : "ledger" },
  };
}

function readCommand(json: Json): CommandSettings | undefined {
  const run = field(json, "run");
  const refreshMs = amount(field(json, "refreshMs"));
  const deadlineMs = amount(field(json, "deadlineMs"));
  if (!Array.isArray(run) || !run.every((word) => text(word) !== undefined)) return undefined;
  return refreshMs === undefined || deadlineMs === undefined ? undefined : { run, refreshMs, deadlineMs };
}

function readPrice(json: Json): PriceSettings | undefined {
  const price = (name: keyof PriceSettings) => amount(field(json, name));
  const [input, output, cacheRead] = [price("input"), price("output"), price("cacheRead")];
  const [cacheWrite5m, cacheWrite1h] = [price("cacheWrite5m"), price("cacheWrite1h")];
  if (input === undefined || output === undefined || cacheRead === undefined) return undefined;
  if (cacheWrite5m === undefined || cacheWrite1h === undefined) return undefined;
  return { input, output, cacheRead, cacheWrite5m, cacheWrite1h };
}

function entries<Value>(json: Json, read: (value: Json) => Value | undefined): Record<string, Value> {
  const found: Record<string, Value> = {};
  if (typeof json !== "object" || json === null) return found;
  for (const [name, value] of Object.entries(json)) {
    const good = read(value);
    if (good !== undefined) found[name] = good;
  }
  return found;
}

function parse(content: string | undefined): Json {
  try {
    return JSON.parse(content ?? "null");
  } catch {
    // Not ours, or torn: the built-in settings apply, and the next pass writes it anew.
    return undefined;
  }
}
