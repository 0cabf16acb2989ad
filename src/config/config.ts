/** The line's configuration in its validated form: what the display path uses. `config/` reads and checks the file. */

export type IconSet = "unicode" | "nerd" | "emoji" | "ascii";
export type Style = "plain" | "powerline" | "capsule";

/** One row: segments from the left, and segments that end at the right edge. */
export interface RowConfig {
  readonly left: readonly string[];
  readonly right?: readonly string[];
}

/** What can be said of any segment; further keys are the segment's own. */
export interface SegmentConfig {
  readonly priority?: number;
  /** Where `warn` and `critical` begin, in the segment's unit. */
  readonly levels?: readonly [warn: number, critical: number];
  /** Its own options, by name. */
  readonly [option: string]: unknown;
}

export interface Config {
  readonly rows: readonly RowConfig[];
  readonly style: Style;
  readonly icons: IconSet;
  /** The theme's name, or "auto". */
  readonly theme: string;
  /** Colours by role, "#rrggbb", over the theme's. */
  readonly colors: Readonly<Record<string, string>>;
  /** What stands between two segments in plain style; absent for the icon set's own. */
  readonly separator?: string;
  readonly bar: { readonly shape: string; readonly cells: number };
  /** Cells left free at the right edge, beside what the client itself takes. */
  readonly margin: number;
  /** `statusLine.padding` as in the client's settings. */
  readonly padding: number;
  readonly segments: Readonly<Record<string, SegmentConfig>>;
  /** Milliseconds after which a part is gathered again, by part, over the built-in ones. */
  readonly refresh: Readonly<Record<string, number>>;
  /** The user's own commands, by name, shown by the segment "command:NAME"; run by gather only. */
  readonly commands: Readonly<Record<string, CommandConfig>>;
  /** Prices in USD per million tokens, by model id. */
  readonly prices: Readonly<Record<string, PriceConfig>>;
  readonly billing: { readonly source: "ledger" | "ccusage" };
}

export interface CommandConfig {
  /** The program and its arguments: no shell. */
  readonly run: readonly string[];
  readonly refreshMs: number;
  readonly deadlineMs: number;
}

export interface PriceConfig {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
}
