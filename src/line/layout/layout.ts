/**
 * Fitting a row. If it is too long, long names lose their middle, and prose its end. If that is not enough, segments
 * take their short form and then are dropped, the lowest priority first. Since the details of an important segment are
 * worth more than an unimportant one, a segment is shortened only after those with a priority lower by `SHORT_AHEAD` are
 * dropped.
 *
 * Plain loops: the first use of `map`, `filter` or `flatMap` costs a quarter of a millisecond of start-up each.
 */
import type { Level } from "../level.ts";
import type { Role, Span } from "../segment.ts";
import { cells } from "./cells.ts";
import { clean } from "./clean.ts";
import { cutSpan, cutSpans, spanCells } from "./cut.ts";
import type { Drawn, Joiner, Side } from "./style.ts";

/** A segment's piece, ready to be fitted: cleaned, decorated, never empty. */
export interface Block {
  /** The index of the outcome that it belongs to. */
  readonly id: number;
  readonly priority: number;
  readonly role: Role;
  readonly level: Level;
  readonly link?: string | undefined;
  readonly full: Form;
  /** The form with fewer cells, made on demand. */
  short(): Form | undefined;
}

/** One of a block's forms, measured. */
export interface Form {
  readonly spans: readonly Span[];
  readonly cells: number;
  /** Cells with every elastic span as short as it may be. */
  readonly least: number;
}

/** `shortened`: elastic spans are cut. `cut`: alone in its row, and still too long. */
export type Placement = "full" | "short" | "shortened" | "cut" | "dropped";

export interface Placed extends Drawn {
  readonly id: number;
  readonly cells: number;
  readonly placement: Placement;
}

export interface Fitted {
  readonly left: readonly Placed[];
  readonly right: readonly Placed[];
  readonly dropped: readonly Placed[];
  /** Cells before the right side. */
  readonly gap: number;
}

/** Clean and measure spans. @returns undefined when nothing visible is left */
export function form(spans: readonly Span[]): Form | undefined {
  const kept: Span[] = [];
  let total = 0;
  let least = 0;
  let visible = false;
  for (const span of spans) {
    const text = clean(span.text);
    const width = cells(text);
    if (width === 0) continue;
    // Every span: a value that is not text, from a state file of another schema, must fail here, inside the segment.
    visible = text.trim() !== "" || visible;
    kept.push(text === span.text ? span : { ...span, text });
    total += width;
    least += span.elastic === undefined ? width : Math.min(width, span.elastic);
  }
  return visible ? { spans: kept, cells: total, least } : undefined;
}

/** The minimum number of cells between the two sides. */
const GAP = 2;

interface Candidate {
  readonly block: Block;
  readonly side: Side;
  form: Form;
  short: boolean;
  dropped: boolean;
}

/** @param limit cells of the row, at least 1 */
export function fitRow(
  left: readonly Block[],
  right: readonly Block[],
  limit: number,
  joiner: Joiner,
  ellipsis: string,
): Fitted {
  const all: Candidate[] = [];
  for (const block of left) all.push({ block, side: "left", form: block.full, short: false, dropped: false });
  for (const block of right)
    all.push({ block, side: "right", form: block.full, short: false, dropped: false });
  if (measure(all, joiner, "least") > limit) compress(all, limit, joiner);
  return place(all, limit, joiner, ellipsis);
}

/** Cells of the row: its joints, and its blocks in full or with elastic spans as short as they may be. */
function measure(all: readonly Candidate[], joiner: Joiner, by: "cells" | "least"): number {
  let sides = 0;
  let total = 0;
  for (const side of ["left", "right"] as const) {
    let count = 0;
    for (const each of all) {
      if (each.dropped || each.side !== side) continue;
      count += 1;
      total += each.form[by];
    }
    total += joiner.cost(count);
    if (count > 0) sides += 1;
  }
  return sides === 2 ? total + GAP : total;
}

/** How much less the details of a segment are worth than the segment. */
const SHORT_AHEAD = 25;

/** Shorten and drop until the row fits; then restore what there is room for. */
function compress(all: readonly Candidate[], limit: number, joiner: Joiner): void {
  const fits = () => measure(all, joiner, "least") <= limit;
  const byPriority = all.toSorted((a, b) => a.block.priority - b.block.priority);
  let dropped = 0;
  const dropUpTo = (priority: number) => {
    while (!fits() && dropped < byPriority.length - 1) {
      const least = byPriority[dropped] as Candidate;
      if (least.block.priority > priority) break;
      least.dropped = true;
      dropped += 1;
    }
  };
  for (const each of byPriority) {
    dropUpTo(each.block.priority - SHORT_AHEAD);
    if (fits()) break;
    const short = each.block.short();
    if (!short) continue;
    each.form = short;
    each.short = true;
  }
  dropUpTo(Number.POSITIVE_INFINITY);
  restore(byPriority, fits);
}

/** Restore dropped segments to their short form, and short forms to the full one, the most valuable first. */
function restore(byPriority: readonly Candidate[], fits: () => boolean): void {
  const gains: { worth: number; each: Candidate; back: boolean }[] = [];
  for (const each of byPriority) {
    const { priority } = each.block;
    if (each.dropped) gains.push({ worth: priority, each, back: true });
    if (each.dropped || each.short) gains.push({ worth: priority - SHORT_AHEAD, each, back: false });
  }
  for (const { each, back } of gains.sort((a, b) => b.worth - a.worth)) {
    if (back) {
      const short = each.short ? undefined : each.block.short();
      if (short) {
        each.form = short;
        each.short = true;
      }
      each.dropped = false;
      each.dropped = !fits();
    } else if (!each.dropped && each.short) {
      const short = each.form;
      each.form = each.block.full;
      each.short = !fits();
      if (each.short) each.form = short;
    }
  }
}

/** Cut elastic spans until the row fits, the longest first. */
function place(all: readonly Candidate[], limit: number, joiner: Joiner, ellipsis: string): Fitted {
  const natural = measure(all, joiner, "cells");
  const longest = natural > limit ? elasticLimit(all, natural - limit) : Number.POSITIVE_INFINITY;
  const fitted = { left: [] as Placed[], right: [] as Placed[], dropped: [] as Placed[] };
  let used = 0;
  for (const each of all) {
    const placed = settle(each, longest, ellipsis);
    used += placed.cells;
    fitted[each.dropped ? "dropped" : each.side].push(placed);
  }
  used += joiner.cost(fitted.left.length) + joiner.cost(fitted.right.length);
  const [first] = [...fitted.left, ...fitted.right];
  if (first && used > limit) {
    // A single block, too long even in its shortest form.
    const spans = cutSpans(first.spans, first.cells - (used - limit), ellipsis);
    const cut: Placed = { ...first, spans, cells: spanCells(spans), placement: "cut" };
    return { ...fitted, ...(fitted.left.length > 0 ? { left: [cut] } : { right: [cut] }), gap: 0 };
  }
  return { ...fitted, gap: fitted.right.length === 0 ? 0 : limit - used };
}

/** The most cells of an elastic span that make the row shorter by `excess` cells. */
function elasticLimit(all: readonly Candidate[], excess: number): number {
  const widths: number[] = [];
  const leasts: number[] = [];
  for (const each of all) {
    if (each.dropped) continue;
    for (const span of each.form.spans) {
      if (span.elastic === undefined) continue;
      widths.push(cells(span.text));
      leasts.push(span.elastic);
    }
  }
  let limit = Math.max(0, ...widths);
  for (; limit > 0; limit--) {
    let saved = 0;
    for (let index = 0; index < widths.length; index++)
      saved += Math.max(0, (widths[index] as number) - Math.max(limit, leasts[index] as number));
    if (saved >= excess) break;
  }
  return limit;
}

function settle({ block, form, short, dropped }: Candidate, longest: number, ellipsis: string): Placed {
  const { id, role, level, link } = block;
  let placement: Placement = dropped ? "dropped" : short ? "short" : "full";
  let spans = form.spans;
  if (form.cells > form.least && longest < form.cells) {
    const shortened: Span[] = [];
    for (const span of spans) {
      const limit = span.elastic === undefined ? Number.POSITIVE_INFINITY : Math.max(span.elastic, longest);
      const cut = cutSpan(span, limit, ellipsis);
      if (cut !== span && !dropped) placement = "shortened";
      shortened.push(cut);
    }
    spans = shortened;
  }
  const width = dropped ? 0 : spans === form.spans ? form.cells : spanCells(spans);
  return { id, role, level, spans, cells: width, placement, link };
}
