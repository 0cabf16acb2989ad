/** Context → rows: segments give pieces, pieces become blocks, the layout fits them, the style joins and colours them. */

import type { RowConfig } from "../../config/config.ts";
import type { Context } from "../context.ts";
import { LEVEL_MARKS } from "../level.ts";
import { age } from "../look/format.ts";
import { icon, withIcons } from "../look/icons.ts";
import { palette } from "../look/theme.ts";
import { resolveOptions } from "../options.ts";
import type { Piece, Role, Span } from "../segment.ts";
import { findSegment } from "../segments/index.ts";
import { cutEnd } from "./cells.ts";
import { clean, cleanUrl } from "./clean.ts";
import { type Block, fitRow, form, type Placed } from "./layout.ts";
import { paint, type TextRun } from "./paint.ts";
import { addForeground, type Joiner, joinerOf, markedSpan } from "./style.ts";

/** The outcome of one configured segment. */
export interface SegmentOutcome {
  /** As configured: "model", "command:weather". */
  readonly reference: string;
  /** Index among the rows. */
  readonly row: number;
  /** Absent when the segment had nothing to show. */
  placed?: Placed;
  /** What the segment threw: a defect of ours. */
  error?: string;
  /** Milliseconds of its rendering. */
  ms: number;
}

export interface Drawing {
  /** At least one row, none empty, none wider than the terminal, escape codes included. */
  readonly rows: string[];
  readonly outcomes: readonly SegmentOutcome[];
}

/** Total: for any context there is at least one row, and every row fits. */
export const renderLine = (context: Context): string[] => drawLine(context, () => 0).rows;

/** @param clock milliseconds, to time each segment */
export function drawLine(given: Context, clock: () => number): Drawing {
  const { terminal } = given;
  const config = withIcons(given.config, terminal);
  const context = config === given.config ? given : { ...given, config };
  const limit = Math.max(1, Math.floor(terminal.cells) || 1);
  const colors = palette(config.theme, config.colors, terminal);
  const ellipsis = icon(config.icons, "ellipsis");
  const styled = joinerOf(config, terminal.colors > 0);
  // No decoration where it leaves no room for text.
  const joined = limit > styled.cost(1) + 3 ? styled : BARE;
  const rows: string[] = [];
  const outcomes: SegmentOutcome[] = [];

  const collect = (references: readonly string[], row: number): Block[] => {
    const blocks: Block[] = [];
    for (const reference of references) {
      const outcome: SegmentOutcome = { reference, row, ms: 0 };
      const started = clock();
      const block = makeBlock(context, outcome, outcomes.push(outcome) - 1);
      outcome.ms = clock() - started;
      if (block) blocks.push(block);
    }
    return blocks;
  };

  const plan = withinHeight(withHealth(config.rows, context.configError), terminal.rows);
  for (let index = 0; index < plan.length; index++) {
    const row = plan[index] as RowConfig;
    const left = collect(row.left, index);
    const right = row.right ? collect(row.right, index) : [];
    if (left.length + right.length === 0) continue;
    const fitted = fitRow(left, right, limit, joined, ellipsis);
    for (const placed of [...fitted.left, ...fitted.right, ...fitted.dropped])
      (outcomes[placed.id] as SegmentOutcome).placed = placed;
    const runs = joined.draw(fitted.left, "left", colors);
    if (fitted.gap > 0) runs.push({ text: (runs.length > 0 ? " " : BLANK) + " ".repeat(fitted.gap - 1) });
    runs.push(...joined.draw(fitted.right, "right", colors));
    rows.push(paint(runs));
  }
  if (rows.length === 0) rows.push(paint([{ text: cutEnd("plimsoll", limit, ""), fg: colors.fg("muted") }]));
  return { rows, outcomes };
}

/** Braille without dots: a space that Claude Code 2.1.330 does not trim from the start of a row, as it does others. */
const BLANK = "\u2800";

/** One space between blocks, for a row with no room for more. */
const BARE: Joiner = {
  cost: (count) => Math.max(0, count - 1),
  draw(blocks, _side, colors) {
    const runs: TextRun[] = [];
    for (const block of blocks) {
      if (runs.length > 0) runs.push({ text: " " });
      addForeground(runs, block, colors);
    }
    return runs;
  },
};

/** An invalid configuration is reported even if the one in use has no segment for that. */
function withHealth(rows: readonly RowConfig[], configError: string | undefined): readonly RowConfig[] {
  if (configError === undefined) return rows;
  for (const { left, right } of rows) if (left.includes("health") || right?.includes("health")) return rows;
  const last = rows.at(-1);
  return [...rows.slice(0, -1), { ...last, left: [...(last?.left ?? []), "health"] }];
}

/** On a low screen, the last rows are joined to the one before: priorities decide what is shown. */
function withinHeight(rows: readonly RowConfig[], height: number | undefined): readonly RowConfig[] {
  const most = height === undefined || height >= 24 ? rows.length : height >= 12 ? 2 : 1;
  if (rows.length <= most) return rows;
  const rest = rows.slice(most - 1);
  return [
    ...rows.slice(0, most - 1),
    { left: rest.flatMap((row) => row.left), right: rest.flatMap((row) => row.right ?? []) },
  ];
}

/** Render a segment, and prepare its piece for the layout. */
function makeBlock(context: Context, outcome: SegmentOutcome, id: number): Block | undefined {
  const found = findSegment(outcome.reference);
  if (!found) return undefined;
  const { segment, argument } = found;
  const config = context.config.segments[outcome.reference] ?? context.config.segments[segment.name];
  const options = resolveOptions(segment.options, segment.levels, config);
  const show = (piece: Piece): Block | undefined => {
    const full = decorate(context, piece, piece.spans, false);
    if (!full) return undefined;
    const link = context.terminal.links && piece.link !== undefined ? cleanUrl(piece.link) : undefined;
    return {
      id,
      priority: config?.priority ?? segment.priority,
      role: piece.role,
      level: piece.level ?? "normal",
      full,
      short() {
        const short = guard(outcome, () => decorate(context, piece, piece.short ?? piece.spans, true));
        return short && short.least < full.least ? short : undefined;
      },
      link,
    };
  };
  const block = guard(outcome, () => {
    const piece = segment.render(context, options, argument);
    return piece && show(piece);
  });
  if (block || outcome.error === undefined) return block;
  return show({ role: "muted", spans: [{ text: segment.name, role: "muted" }], failure: outcome.error });
}

/**
 * A defect of a segment, or a state file that does not match its schema, costs that segment's text only: the line shows
 * its name with a failure mark, and `plimsoll explain` the error.
 */
function guard<T>(outcome: SegmentOutcome, make: () => T): T | undefined {
  try {
    return make();
  } catch (cause) {
    outcome.error = cause instanceof Error ? cause.message : String(cause);
    return undefined;
  }
}

/**
 * Add the icon before, the level's mark after the figure that it is about, and the marks of age and failure at the end.
 * Without a figure there are no marks.
 */
function decorate(context: Context, piece: Piece, spans: readonly Span[], short: boolean) {
  if (!isVisible(spans)) return undefined;
  const { icons } = context.config;
  const sign = piece.icon === undefined ? "" : icon(icons, piece.icon);
  const decorated: Span[] = sign === "" ? [...spans] : [{ text: `${sign} `, role: piece.role }, ...spans];
  const { level = "normal", staleMs, failure } = piece;
  if (level !== "normal")
    decorated.splice(placeOfMark(decorated, piece.role), 0, { text: LEVEL_MARKS[level], role: level });
  if (staleMs !== undefined)
    decorated.push({ text: short ? ` (${age(staleMs)})` : ` (${age(staleMs)} old)`, role: "muted" });
  if (failure !== undefined) decorated.push({ text: ` ${icon(icons, "failed")}`, role: "critical" });
  return form(decorated);
}

/** Behind the marked span, else behind the last one of the piece's role, else at the end. */
function placeOfMark(spans: readonly Span[], role: Role): number {
  // Loops: the first use of `findLastIndex` takes as long as drawing a row.
  const marked = markedSpan(spans);
  if (marked >= 0) return marked + 1;
  let behind = spans.length;
  while (behind > 0 && spans[behind - 1]?.role !== role) behind -= 1;
  return behind || spans.length;
}

function isVisible(spans: readonly Span[]): boolean {
  for (const span of spans) if (clean(span.text).trim() !== "") return true;
  return false;
}
