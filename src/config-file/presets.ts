/** Complete lines to start from. */
import { type Config, DEFAULT_CONFIG, type RowConfig } from "../config/config.ts";

/** What a preset decides: the rows, and how their segments look. */
type PresetConfig = Pick<Config, "rows" | "segments" | "bar">;

export interface Preset {
  readonly about: string;
  /** What it sets; the rest is the default. */
  readonly config: Pick<PresetConfig, "rows"> & {
    readonly segments?: PresetConfig["segments"];
    readonly bar?: Partial<PresetConfig["bar"]>;
  };
}

export const PRESETS = {
  default: {
    about: "two rows: model, directory, git; then context, cost, limits",
    config: { rows: DEFAULT_CONFIG.rows },
  },
  minimal: {
    about: "one row: model, directory, context, cost",
    config: {
      rows: [{ left: ["model", "directory", "git", "context", "cost", "health"] }],
      segments: {
        context: { tokens: false },
        git: { changes: false, upstream: false, stashes: false },
        directory: { form: "base" },
      },
      bar: { cells: 6 },
    },
  },
  full: {
    about: "nearly every segment, in four rows",
    config: {
      rows: [
        {
          left: [
            "model",
            "effort",
            "thinking",
            "fast",
            "directory",
            "added-dirs",
            "git",
            "commit",
            "worktree",
            "pull-request",
          ],
          right: ["version", "clock"],
        },
        {
          left: ["context", "tokens", "cache", "compactions", "five-hour", "seven-day", "spend"],
        },
        {
          left: ["cost", "today", "week", "block", "lines", "session", "turns", "sessions"],
        },
        {
          left: [
            "agents",
            "tools",
            "todos",
            "message",
            "agent",
            "name",
            "output-style",
            "vim",
            "remote",
            "health",
          ],
        },
      ],
      segments: { "five-hour": { pace: true }, "seven-day": { pace: true } },
    },
  },
  detailed: {
    about: "context left, clock, block, cost, burn rate, tokens, cache, turns, last message",
    config: {
      rows: [
        { left: ["directory", "git", "model", "context", "clock", "health"] },
        { left: ["block", "five-hour", "cost", "burn", "cache", "turns"] },
        { left: ["tokens", "message"] },
      ],
      segments: {
        context: { show: "left" },
        block: { burn: false, projection: false },
        burn: { tokens: true },
        "five-hour": { time: "clock" },
      },
    },
  },
  developer: {
    about: "working tree first: branch, commit, pull request, tools, agents, todos",
    config: {
      rows: [
        { left: ["directory", "git", "commit", "worktree", "pull-request", "repo"], right: ["lines"] },
        {
          left: [
            "model",
            "effort",
            "fast",
            "context",
            "cost",
            "five-hour",
            "tools",
            "agents",
            "todos",
            "health",
          ],
        },
      ],
      segments: { "pull-request": { priority: 78 }, commit: { priority: 50 }, tools: { most: 0 } },
    },
  },
  budget: {
    about: "money and limits first: session, today, week, block, burn rate, pace of the limits",
    config: {
      rows: [
        { left: ["model", "context", "cost", "today", "week", "cache"], right: ["directory", "git"] },
        { left: ["block", "five-hour", "seven-day", "spend", "burn", "health"] },
      ],
      segments: {
        block: { burn: false },
        "five-hour": { pace: true },
        "seven-day": { pace: true },
        today: { priority: 84 },
        week: { priority: 70 },
        burn: { tokens: true },
      },
    },
  },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof PRESETS;
export const PRESET_NAMES = Object.keys(PRESETS) as PresetName[];

/** Former names of presets, which configurations may still have. */
const ALIASES: Readonly<Record<string, PresetName>> = { seed: "detailed" };

export const FORMER_PRESET_NAMES = Object.keys(ALIASES);

/** @returns the preset's current name, or undefined for an unknown preset */
export function presetNamed(name: string): PresetName | undefined {
  return (
    PRESET_NAMES.find((each) => each === name) ?? (Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined)
  );
}

/** @returns rows, segments and bar as the preset has them: complete, with the defaults for what it does not set */
export function presetConfig(name: PresetName): PresetConfig {
  const { rows, segments, bar }: Preset["config"] = PRESETS[name].config;
  return {
    rows,
    segments: { ...DEFAULT_CONFIG.segments, ...segments },
    bar: { ...DEFAULT_CONFIG.bar, ...bar },
  };
}

/** @returns the preset that has exactly these rows */
export const rowsAreOfPreset = (rows: readonly RowConfig[]): PresetName | undefined =>
  PRESET_NAMES.find((name) => Bun.deepEquals(rows.map(bothSides), PRESETS[name].config.rows.map(bothSides)));

const bothSides = ({ left, right = [] }: RowConfig): Required<RowConfig> => ({ left, right });
