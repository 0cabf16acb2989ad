import type { PartName } from "../state/parts.ts";
import type { Context } from "./context.ts";
import type { Level, LevelSpec } from "./level.ts";
import type { IconName } from "./look/icons.ts";
import type { OptionValues, SegmentOptions } from "./options.ts";

/** What a span is about: the theme has a colour for each role. */
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

/** Text in one role. It may be untrusted: the layout cleans it (layout/clean.ts) before it measures it. */
export interface Span {
  readonly text: string;
  readonly role: Role;
  /** May be cut, to no fewer cells than this. */
  readonly elastic?: number;
  /** Where: prose loses its end; names and paths, which differ there, their middle. */
  readonly cut?: "end";
  /** What the piece's level is about: the mark follows this span, and only this one has the level's colour. */
  readonly marked?: boolean;
}

/** Fewer cells of prose are useless. */
const LEAST_PROSE = 8;

/**
 * Sentences, titles and commands: cut at the end, to no fewer than 8 cells.
 * @param text without a leading space; a value of another type, from a damaged state file, becomes text
 */
export const prose = (text: string, role: Role = "text"): Span => ({
  text: `${text}`,
  role,
  elastic: LEAST_PROSE,
  cut: "end",
});

/** What a segment shows. */
export interface Piece {
  readonly spans: readonly Span[];
  /** A form with fewer cells, used when the row is too long. */
  readonly short?: readonly Span[] | undefined;
  /** The background in styles that have one. */
  readonly role: Role;
  /** Precedes the spans, unless the icon set has none of this name. */
  readonly icon?: IconName | undefined;
  /** From `warn` on, spans of the piece's role take the level's colour, and a mark follows (see `Span.marked`). */
  readonly level?: Level | undefined;
  /** Where a click leads. */
  readonly link?: string | undefined;
  /** Milliseconds since a stale figure was gathered: an age mark is added. */
  readonly staleMs?: number | undefined;
  /** Why the newest attempt to gather it failed, in a few words: a failure mark is added. */
  readonly failure?: string | undefined;
}

/** A pure, total function of the context. */
export interface Segment<Name extends string = string, Options extends SegmentOptions = SegmentOptions> {
  readonly name: Name;
  /** What it shows, in one line. */
  readonly about: string;
  /** Where it comes from: "payload cost.total_cost_usd", "state git", ".git/HEAD". */
  readonly source: string;
  /** Completes "absent because …". */
  readonly absent: string;
  /** The same in two words, for lists: "off". By default the first clause of `absent`. */
  readonly brief?: string;
  /** Higher stays longer when a row is too long. 0 to 100. */
  readonly priority: number;
  /** The gathered part that it shows. */
  readonly part?: PartName;
  /** Default levels. */
  readonly levels?: LevelSpec;
  readonly options?: Options;
  /** It is configured as "name:ARGUMENT": the placeholder of the argument. */
  readonly argument?: string;
  /**
   * @param options with the levels
   * @param argument what follows "name:"; empty for a segment without argument
   * @returns undefined if it has nothing to show: never an empty text, an error or a made-up zero
   */
  render(context: Context, options: OptionValues<Options>, argument: string): Piece | undefined;
}

/** Types a segment by its options. */
export const segment = <
  const Name extends string,
  const Options extends SegmentOptions = Record<never, never>,
>(
  definition: Segment<Name, Options>,
): Segment<Name, Options> => definition;
