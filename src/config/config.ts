/**
 * The configuration and its defaults. A setting is its default here, which gives it its type, and its check in
 * `config-file/schema.ts`.
 */

/** Where costs come from. */
export const COST_SOURCES = ["ledger", "ccusage"] as const;

/** One row: segments from the left, and segments that end at the right edge. */
export interface RowConfig {
  readonly left: readonly string[];
  readonly right?: readonly string[];
}

/** The settings of one segment; keys that are not named here are its own options. */
export interface SegmentConfig {
  readonly priority?: number;
  /** Where `warn` and `critical` begin, in the segment's unit. */
  readonly levels?: readonly [warn: number, critical: number];
  readonly [option: string]: unknown;
}

export interface CommandConfig {
  /** The program and its arguments: no shell. */
  readonly run: readonly string[];
  readonly refreshMs: number;
  readonly deadlineMs: number;
}

/** USD per million tokens. */
export interface PriceConfig {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
}

type ByName<Value> = Readonly<Record<string, Value>>;

/** The configuration as the program uses it: validated, complete. */
export type Config = Readonly<typeof DEFAULT_CONFIG>;

export const DEFAULT_CONFIG = {
  rows: [
    {
      left: [
        "model",
        "effort",
        "fast",
        "directory",
        "git",
        "pull-request",
        "agent",
        "name",
        "output-style",
        "vim",
        "agents",
        "todos",
      ],
    },
    {
      left: ["context", "cost", "five-hour", "seven-day", "spend", "cache", "lines", "health"],
    },
  ] as readonly RowConfig[],
  /** A name of `line/layout/style.ts`. */
  style: "plain",
  /** A name of `line/look/icons.ts`, or "auto". */
  icons: "auto",
  /** A name of `line/look/themes.ts`, or "auto". */
  theme: "auto",
  /** Colours by role, "#rrggbb", over the theme's. */
  colors: {} as ByName<string>,
  /** Between two segments in plain style; undefined: the icon set's own. */
  separator: undefined as string | undefined,
  /** `shape` is a name of `line/look/bar.ts`, or "auto". */
  bar: { shape: "auto", cells: 10 } as { readonly shape: string; readonly cells: number },
  /** Cells left free at the right edge, besides those that the client takes. */
  margin: 0,
  /** `statusLine.padding` of Claude Code's settings. */
  padding: 0,
  /** By segment name. */
  segments: {} as ByName<SegmentConfig>,
  /** Milliseconds after which a part is gathered again, by part, over the built-in ones. */
  refresh: {} as ByName<number>,
  /** The user's own commands, by name, shown by the segment "command:NAME"; run by gather only. */
  commands: {} as ByName<CommandConfig>,
  /** By model id. */
  prices: {} as ByName<PriceConfig>,
  billing: { source: "ledger" } as { readonly source: (typeof COST_SOURCES)[number] },
};
