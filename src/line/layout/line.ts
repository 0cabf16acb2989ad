/**
 * Context → rows. Each segment is asked for its piece; pieces become blocks; a row takes what fits; the style joins it;
 * the palette colours it.
 */

import type { RowConfig } from "../../config/config.ts";
import type { Context } from "../context.ts";
import { LEVEL_MARKS } from "../level.ts";
import { age } from "../look/format.ts";
import { icon } from "../look/icons.ts";
import { palette } from "../look/theme.ts";
import { resolveOptions } from "../options.ts";
import type { Piece, Span } from "../segment.ts";
import { findSegment } from "../segments/index.ts";
import { cutEnd } from "./cells.ts";
import { clean, cleanUrl } from "./clean.ts";
import { type Block, fitRow, form, type Placed } from "./layout.ts";
import { paint, type Run } from "./paint.ts";
import { addForeground, type Joiner, joinerOf } from "./style.ts";

/** What became of one configured segment. `placed` is absent when it had nothing to show. */
export interface Outcome {
  /** As configured: "model", "command:weather". */
  readonly reference: string;
  /** Index among the rows. */
  readonly row: number;
  placed?: Placed;
  /** What went wrong inside the segment: a defect of ours. */
  error?: string;
  /** What its rendering took. */
  ms: number;
}

/** A drawn line, and how it came to be. */
export interface Drawing {
  /** At least one row, none empty, none wider than the terminal, escape codes included. */
  readonly rows: string[];
  readonly outcomes: readonly Outcome[];
}

/** Draw the line. Total: whatever the context holds, there is at least one row, and every row fits. */
export const renderLine = (context: Context): string[] => drawLine(context, () => 0).rows;

/**
 * Draw the line and keep account of it.
 * @param clock milliseconds, for what each segment costs
 */
export function drawLine(context: Context, clock: () => number): Drawing {
  const { config, terminal } = context;
  const limit = Math.max(1, Math.floor(terminal.cells) || 1);
  const colors = palette(config.theme, config.colors, terminal);
  const ellipsis = icon(config.icons, "ellipsis");
  const styled = joinerOf(config, terminal.colors > 0);
  // Decoration that leaves no room for what it decorates is none.
  const joined = limit > styled.cost(1) + 3 ? styled : BARE;
  const rows: string[] = [];
  const outcomes: Outcome[] = [];

  const collect = (references: readonly string[], row: number): Block[] => {
    const blocks: Block[] = [];
    for (const reference of references) {
      const outcome: Outcome = { reference, row, ms: 0 };
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
      (outcomes[placed.id] as Outcome).placed = placed;
    const runs = joined.draw(fitted.left, "left", colors);
    if (fitted.gap > 0) runs.push({ text: (runs.length > 0 ? " " : BLANK) + " ".repeat(fitted.gap - 1) });
    runs.push(...joined.draw(fitted.right, "right", colors));
    rows.push(paint(runs));
  }
  if (rows.length === 0) rows.push(paint([{ text: cutEnd("plimsoll", limit, ""), fg: colors.fg("muted") }]));
  return { rows, outcomes };
}

/** Braille without a dot: a space that Claude Code does not trim from the start of a row (2.1.330 trims others). */
const BLANK = "\u2800";

/** One space between blocks and nothing else, for a row with no room for more. */
const BARE: Joiner = {
  cost: (count) => Math.max(0, count - 1),
  draw(blocks, _side, colors) {
    const runs: Run[] = [];
    for (const block of blocks) {
      if (runs.length > 0) runs.push({ text: " " });
      addForeground(runs, block, colors);
    }
    return runs;
  },
};

/** A configuration that is not used is said so, though the last good one has no segment for it. */
function withHealth(rows: readonly RowConfig[], configError: string | undefined): readonly RowConfig[] {
  if (configError === undefined) return rows;
  for (const { left, right } of rows) if (left.includes("health") || right?.includes("health")) return rows;
  const last = rows.at(-1);
  return [...rows.slice(0, -1), { ...last, left: [...(last?.left ?? []), "health"] }];
}

/** A low screen gets fewer rows: the last ones join the one before, where priorities decide what stays. */
function withinHeight(rows: readonly RowConfig[], height: number | undefined): readonly RowConfig[] {
  const most = height === undefined || height >= 24 ? rows.length : height >= 12 ? 2 : 1;
  if (rows.length <= most) return rows;
  const rest = rows.slice(most - 1);
  return [
    ...rows.slice(0, most - 1),
    { left: rest.flatMap((row) => row.left), right: rest.flatMap((row) => row.right ?? []) },
  ];
}

/** Ask a segment, and make what it shows ready for the layout. */
function makeBlock(context: Context, outcome: Outcome, id: number): Block | undefined {
  const found = findSegment(outcome.reference);
  if (!found) return undefined;
  const { segment, argument } = found;
  const config = context.config.segments[outcome.reference] ?? context.config.segments[segment.name];
  const options = resolveOptions(segment.options, segment.levels, config);
  const show = (piece: Piece): Block | undefined => {
    const full = dress(context, piece, piece.spans, false);
    if (!full) return undefined;
    const link = context.terminal.links && piece.link !== undefined ? cleanUrl(piece.link) : undefined;
    return {
      id,
      priority: config?.priority ?? segment.priority,
      role: piece.role,
      level: piece.level ?? "normal",
      full,
      short() {
        const short = guard(outcome, () => dress(context, piece, piece.short ?? piece.spans, true));
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
 * One segment's defect, or a state file that is not what its schema says, costs that segment's text only. The line
 * shows the segment's name with the mark of failure; `plimsoll explain` says what it was.
 */
function guard<T>(outcome: Outcome, make: () => T): T | undefined {
  try {
    return make();
  } catch (cause) {
    outcome.error = cause instanceof Error ? cause.message : String(cause);
    return undefined;
  }
}

/**
 * Icon before; the level's mark behind the figure, which is the last span of the piece's own role; marks of age and
 * failure at the end. Marks without a figure are nothing.
 */
function dress(context: Context, piece: Piece, spans: readonly Span[], short: boolean) {
  if (!isVisible(spans)) return undefined;
  const { icons } = context.config;
  const sign = piece.icon === undefined ? "" : icon(icons, piece.icon);
  const dressed: Span[] = sign === "" ? [...spans] : [{ text: `${sign} `, role: piece.role }, ...spans];
  const { level = "normal", staleMs, failure } = piece;
  if (level !== "normal") {
    // A loop: the first use of `findLastIndex` costs as much as drawing a row.
    let behind = dressed.length;
    while (behind > 0 && dressed[behind - 1]?.role !== piece.role) behind -= 1;
    dressed.splice(behind || dressed.length, 0, { text: LEVEL_MARKS[level], role: level });
  }
  if (staleMs !== undefined)
    dressed.push({ text: short ? ` (${age(staleMs)})` : ` (${age(staleMs)} old)`, role: "muted" });
  if (failure !== undefined) dressed.push({ text: ` ${icon(icons, "failed")}`, role: "critical" });
  return form(dressed);
}

function isVisible(spans: readonly Span[]): boolean {
  for (const span of spans) if (clean(span.text).trim() !== "") return true;
  return false;
}
