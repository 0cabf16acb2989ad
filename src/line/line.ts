/**
 * Context → rows. Each segment is asked for its piece; pieces become blocks; a row takes what fits; the style joins it;
 * the palette colours it.
 */
import { cells, cutEnd } from "./cells.ts";
import { cleanUrl } from "./clean.ts";
import type { Context } from "./context.ts";
import { age } from "./format.ts";
import { icon } from "./icons.ts";
import { type Block, fitRow, form, type Placed } from "./layout.ts";
import { LEVEL_MARKS } from "./level.ts";
import { resolveOptions } from "./options.ts";
import { paint } from "./paint.ts";
import type { Piece, Span } from "./segment.ts";
import { findSegment } from "./segments/index.ts";
import type { RowSettings } from "./settings.ts";
import { type Joints, joints } from "./style.ts";
import { palette } from "./theme.ts";

/** What became of one configured segment. `placed` is absent when it had nothing to show. */
export interface Outcome {
  readonly reference: string;
  /** Index among the settings' rows. */
  readonly row: number;
  readonly placed?: Placed;
  /** What went wrong inside the segment: a defect of ours. */
  readonly error?: string;
  readonly ms: number;
}

/** A drawn line, and how it came to be. */
export interface Drawing {
  /** At least one row, none empty, none wider than the terminal, escape codes included. */
  readonly rows: string[];
  readonly outcomes: readonly Outcome[];
}

/** Draw the line. Total: whatever the context holds, there is at least one row that fits. */
export const renderLine = (context: Context): string[] => drawLine(context, () => 0).rows;

/**
 * Draw the line and keep account of it.
 * @param clock milliseconds, for what each segment costs
 */
export function drawLine(context: Context, clock: () => number): Drawing {
  const { settings, terminal } = context;
  const limit = Math.max(1, Math.floor(terminal.cells) || 1);
  const colored = terminal.colors > 0;
  const colors = palette(settings.theme, settings.colors, terminal);
  const ellipsis = icon(settings.icons, "ellipsis");
  const styled = joints(settings, colored);
  const rows: string[] = [];
  const outcomes: Outcome[] = [];

  const draw = (row: RowSettings, index: number) => {
    const collect = (references: readonly string[]) => {
      const blocks: Block[] = [];
      for (const reference of references) {
        const started = clock();
        const { block, error } = makeBlock(context, reference);
        const ms = clock() - started;
        outcomes.push({ reference, row: index, ms, ...(error === undefined ? {} : { error }) });
        if (block) blocks.push(block);
      }
      return blocks;
    };
    const first = outcomes.length;
    const left = collect(row.left);
    const right = collect(row.right ?? []);
    if (left.length + right.length === 0) return;
    const joined: Joints = limit > styled.cost(1) + 3 ? styled : BARE;
    const { placed, dropped, gap } = fitRow(left, right, limit, joined, ellipsis);
    const runs = joined.draw(onSide(placed, "left"), "left", colors);
    if (gap > 0) runs.push({ text: " ".repeat(gap) });
    runs.push(...joined.draw(onSide(placed, "right"), "right", colors));
    rows.push(paint(runs));
    const fates = new Map<string, Placed>();
    for (const each of placed) fates.set(each.name, each);
    for (const each of dropped) fates.set(each.name, each);
    for (let at = first; at < outcomes.length; at++) {
      const outcome = outcomes[at] as Outcome;
      const found = fates.get(outcome.reference);
      if (found) outcomes[at] = { ...outcome, placed: found };
    }
  };

  let index = 0;
  for (const row of withinHeight(settings.rows, terminal.rows)) draw(row, index++);
  if (rows.length === 0) {
    const text = cutEnd("plimsoll", limit, ellipsis);
    rows.push(paint([{ text, fg: colors.fg("muted") }]));
  }
  return { rows, outcomes };
}

function onSide(placed: readonly Placed[], side: Placed["side"]): Placed[] {
  const here: Placed[] = [];
  for (const each of placed) if (each.side === side) here.push(each);
  return here;
}

/** Neither separators nor decoration, for a row with no room for them. */
const BARE: Joints = {
  cost: (count) => Math.max(0, count - 1),
  draw: (blocks, _side, colors) =>
    blocks.flatMap((block, index) => [
      ...(index === 0 ? [] : [{ text: " " }]),
      ...block.spans.map((span) => ({ text: span.text, fg: colors.fg(span.role) })),
    ]),
};

/** A low screen gets fewer rows: the last ones join the one before, where priorities decide what stays. */
function withinHeight(rows: readonly RowSettings[], height: number | undefined): readonly RowSettings[] {
  const most = height === undefined || height >= 24 ? rows.length : height >= 12 ? 2 : 1;
  if (rows.length <= most) return rows;
  const rest = rows.slice(most - 1);
  return [
    ...rows.slice(0, most - 1),
    { left: rest.flatMap((row) => row.left), right: rest.flatMap((row) => row.right ?? []) },
  ];
}

/** Ask a segment, and make what it shows ready for the layout. */
function makeBlock(context: Context, reference: string): { block?: Block; error?: string } {
  const found = findSegment(reference);
  if (!found) return {};
  const { segment, argument } = found;
  const settings = context.settings.segments[reference] ?? context.settings.segments[segment.name];
  let piece: Piece | undefined;
  let error: string | undefined;
  try {
    piece = segment.render(context, resolveOptions(segment.options, segment.levels, settings), argument);
  } catch (cause) {
    // One segment's defect costs its own text only. The mark shows it in the line, `plimsoll explain` says what it was.
    error = cause instanceof Error ? cause.message : String(cause);
    piece = { role: "muted", spans: [{ text: segment.name, role: "muted" }], failure: error };
  }
  if (!piece) return {};
  const [full, short] = [
    dress(context, piece, piece.spans),
    piece.short && dress(context, piece, piece.short),
  ];
  if (!full) return error === undefined ? {} : { error };
  const link = context.terminal.links && piece.link !== undefined ? cleanUrl(piece.link) : undefined;
  const priority = typeof settings?.priority === "number" ? settings.priority : segment.priority;
  const block: Block = {
    name: reference,
    priority,
    role: piece.role,
    level: piece.level ?? "normal",
    full,
    ...(short && short.least < full.least ? { short } : {}),
    ...(link === undefined ? {} : { link }),
  };
  return error === undefined ? { block } : { block, error };
}

/** Icon before; marks of level, age and failure behind. Marks without a figure are nothing. */
function dress(context: Context, piece: Piece, spans: readonly Span[]) {
  if (!form(spans)) return undefined;
  const { icons } = context.settings;
  const sign = piece.icon === undefined ? "" : icon(icons, piece.icon);
  const dressed: Span[] = sign === "" ? [] : [{ text: `${sign} `, role: piece.role }];
  dressed.push(...spans);
  const mark = LEVEL_MARKS[piece.level ?? "normal"];
  if (mark !== "") dressed.push({ text: mark, role: piece.level === "critical" ? "critical" : "warn" });
  if (piece.staleMs !== undefined) dressed.push({ text: ` (${age(piece.staleMs)} old)`, role: "muted" });
  if (piece.failure !== undefined) dressed.push({ text: ` ${icon(icons, "failed")}`, role: "critical" });
  return form(dressed);
}

/** Cells of a drawn row, for tests and the preview. */
export const rowCells = (row: string): number => cells(Bun.stripANSI(row));
