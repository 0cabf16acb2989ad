import type { PartName } from "../state/parts.ts";
import type { Context } from "./context.ts";
import type { Level, LevelSpec } from "./level.ts";
import type { IconName } from "./look/icons.ts";
import type { OptionSpecs, OptionValues } from "./options.ts";

/** What a span is about; the theme gives it colours. */
export const ROLES = [
  "directory",
  "branch",
  "change",
  "link",
  "model",
  "context",
  "cache",
  "money",
  "limit",
  "time",
  "activity",
  "session",
  "text",
  "muted",
  "good",
  "warn",
  "critical",
] as const;

export type Role = (typeof ROLES)[number];

/** A run of text in one role. Text may come from outside: the layout cleans it (line/clean.ts) before it measures it. */
export interface Span {
  readonly text: string;
  readonly role: Role;
  /** May be shortened in its middle, to no fewer cells than this. */
  readonly elastic?: number;
}

/** What a segment shows. */
export interface Piece {
  readonly spans: readonly Span[];
  /** A form with fewer cells, used when the row is too long. */
  readonly short?: readonly Span[] | undefined;
  /** The segment's own role: the background in powerline and capsule style. */
  readonly role: Role;
  /** Stands before the spans where the icon set has one of this name. */
  readonly icon?: IconName | undefined;
  /** From `warn` on, spans of the piece's own role take the level's colour, and a mark follows. */
  readonly level?: Level | undefined;
  /** Where a click leads. */
  readonly link?: string | undefined;
  /** The figure is older than it should be, by this many milliseconds since it was gathered: an age mark is added. */
  readonly staleMs?: number | undefined;
  /** The newest attempt to gather it failed, in a few words: a failure mark is added. */
  readonly failure?: string | undefined;
}

/** One kind of thing that a line can show: pure, total, a function of the context. */
export interface Segment<Name extends string = string, Options extends OptionSpecs = OptionSpecs> {
  readonly name: Name;
  /** What it shows, in one line, for the documentation and the editor. */
  readonly about: string;
  /** Where it comes from: "payload cost.total_cost_usd", "state git", ".git/HEAD". */
  readonly source: string;
  /** When it is absent, in words that complete "absent because …". */
  readonly absent: string;
  /** Who stays when a row is too long: higher stays longer. 0 to 100. */
  readonly priority: number;
  /** The gathered part that it shows, if it shows one. */
  readonly part?: PartName;
  /** Where `warn` and `critical` begin, if it has levels. The user's `levels` go before. */
  readonly levels?: LevelSpec;
  /** Its own options, each with its default; the configuration's schema and documentation are made from them. */
  readonly options?: Options;
  /** It is configured as "name:ARGUMENT"; what the argument is, in a word or two. */
  readonly argument?: string;
  /**
   * @param options the options and levels in force
   * @param argument what follows "name:" in the configuration; empty for a segment without argument
   * @returns undefined when there is nothing to show: never an empty text, never an error, never a made-up zero
   */
  render(context: Context, options: OptionValues<Options>, argument: string): Piece | undefined;
}

/** Write a segment with its options typed from their specification. */
export const segment = <const Name extends string, const Options extends OptionSpecs = Record<never, never>>(
  definition: Segment<Name, Options>,
): Segment<Name, Options> => definition;
