/**
 * Fitting a row: everything in full if there is room; else long names are shortened in their middle, then segments take
 * their short form, then they leave: each time the one with the lowest priority first.
 *
 * Loops rather than `map` and `reduce` where every row comes through: the first use of each of JavaScript's own list
 * functions costs a render 15 to 130 µs.
 */
import { cells, cutEnd, cutMiddle } from "./cells.ts";
import { clean } from "./clean.ts";
import type { Level } from "./level.ts";
import type { Role, Span } from "./segment.ts";
import type { Drawn, Joints, Side } from "./style.ts";

/** A segment's piece, ready to be fitted: cleaned, marked, never empty. */
export interface Block {
  readonly name: string;
  readonly priority: number;
  readonly role: Role;
  readonly level: Level;
  readonly link?: string;
  readonly full: Form;
  readonly short?: Form;
}

/** One of a block's forms, measured. */
export interface Form {
  readonly spans: readonly Span[];
  readonly cells: number;
  /** Cells when every elastic span is as short as it may be. */
  readonly least: number;
}

/** What became of a block. `shortened`: cut in the middle; `cut`: alone and still too long. */
export type Fate = "full" | "short" | "shortened" | "cut" | "dropped";

export interface Placed extends Drawn {
  readonly name: string;
  readonly side: Side;
  readonly cells: number;
  readonly fate: Fate;
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
    visible ||= text.trim() !== "";
    kept.push(text === span.text ? span : { ...span, text });
    total += width;
    least += Math.min(width, span.elastic ?? width);
  }
  return visible ? { spans: kept, cells: total, least } : undefined;
}

/** Space between what stands left and what stands right. */
export const GAP = 2;

interface Candidate {
  readonly block: Block;
  readonly side: Side;
  form: Form;
  short: boolean;
  dropped: boolean;
}

/**
 * Fit one row.
 * @param limit cells of the row, at least 1
 * @returns the blocks that stay, left before right, and how many cells lie between the two sides; what was dropped
 */
export function fitRow(
  left: readonly Block[],
  right: readonly Block[],
  limit: number,
  joints: Joints,
  ellipsis: string,
): { placed: Placed[]; dropped: Placed[]; gap: number } {
  const all: Candidate[] = [];
  for (const block of left) all.push(candidate(block, "left"));
  for (const block of right) all.push(candidate(block, "right"));
  const cost = () => {
    const [leftCount, rightCount] = [count(all, "left"), count(all, "right")];
    return joints.cost(leftCount) + joints.cost(rightCount) + (leftCount > 0 && rightCount > 0 ? GAP : 0);
  };
  const least = () => {
    let total = cost();
    for (const each of all) if (!each.dropped) total += each.form.least;
    return total;
  };

  if (least() > limit) {
    const byPriority = all.toSorted((a, b) => a.block.priority - b.block.priority);
    for (const each of byPriority) {
      if (!useShort(each)) continue;
      if (least() <= limit) break;
    }
    for (const each of byPriority.slice(0, -1)) {
      if (least() <= limit) break;
      each.dropped = true;
    }
    for (const each of byPriority.toReversed()) {
      if (each.dropped || !each.short) continue;
      useFull(each);
      if (least() > limit) useShort(each);
    }
  }

  const stay: Candidate[] = [];
  const dropped: Placed[] = [];
  for (const each of all) {
    if (each.dropped) dropped.push(place(each, each.form.spans, 0, "dropped"));
    else stay.push(each);
  }
  const placed = shrink(stay, limit - cost(), ellipsis);
  let used = cost();
  for (const each of placed) used += each.cells;
  const bothSides = count(all, "left") > 0 && count(all, "right") > 0;
  const gap = count(all, "right") === 0 ? 0 : limit - used + (bothSides ? GAP : 0);
  return { placed, dropped, gap: Math.max(0, gap) };
}

const candidate = (block: Block, side: Side): Candidate => ({
  block,
  side,
  form: block.full,
  short: false,
  dropped: false,
});

function count(all: readonly Candidate[], side: Side): number {
  let total = 0;
  for (const each of all) if (each.side === side && !each.dropped) total += 1;
  return total;
}

function useShort(each: Candidate): boolean {
  if (each.block.short === undefined) return false;
  each.form = each.block.short;
  each.short = true;
  return true;
}

function useFull(each: Candidate): void {
  each.form = each.block.full;
  each.short = false;
}

function place({ block, side }: Candidate, spans: readonly Span[], cells: number, fate: Fate): Placed {
  const { name, role, level, link } = block;
  return { name, side, spans, role, level, cells, fate, ...(link === undefined ? {} : { link }) };
}

/** Shorten elastic spans until all blocks fit into `room`: the longest ones first. */
function shrink(stay: readonly Candidate[], room: number, ellipsis: string): Placed[] {
  let excess = -room;
  for (const each of stay) excess += each.form.cells;
  const placed: Placed[] = [];
  if (excess <= 0) {
    for (const each of stay)
      placed.push(place(each, each.form.spans, each.form.cells, each.short ? "short" : "full"));
    return placed;
  }
  const level = waterLevel(stay, room);
  return stay.map((each) => {
    let spans = each.form.spans;
    let fate: Fate = each.short ? "short" : "full";
    if (spans.some((span) => span.elastic !== undefined)) {
      spans = spans.map((span) => {
        if (span.elastic === undefined) return span;
        const limit = Math.max(span.elastic, level);
        if (cells(span.text) <= limit) return span;
        fate = "shortened";
        return { ...span, text: cutMiddle(span.text, limit, ellipsis) };
      });
    }
    let width = spans.reduce((total, span) => total + cells(span.text), 0);
    if (stay.length === 1 && width > room) {
      spans = cutSpans(spans, room, ellipsis);
      width = spans.reduce((total, span) => total + cells(span.text), 0);
      fate = "cut";
    }
    return place(each, spans, width, fate);
  });
}

/** The most cells that an elastic span may have so that everything fits: the largest that does. */
function waterLevel(stay: readonly Candidate[], room: number): number {
  const elastic = stay.flatMap((each) =>
    each.form.spans.flatMap((span) =>
      span.elastic === undefined ? [] : [{ width: cells(span.text), least: span.elastic }],
    ),
  );
  const rigid =
    stay.reduce((total, each) => total + each.form.cells, 0) -
    elastic.reduce((total, span) => total + span.width, 0);
  let level = Math.max(0, ...elastic.map((span) => span.width));
  const needed = () =>
    rigid + elastic.reduce((total, span) => total + Math.min(span.width, Math.max(span.least, level)), 0);
  while (level > 0 && needed() > room) level -= 1;
  return level;
}

function cutSpans(spans: readonly Span[], limit: number, ellipsis: string): Span[] {
  const kept: Span[] = [];
  let room = Math.max(1, limit);
  for (const span of spans) {
    if (room <= 0) break;
    const text = cutEnd(span.text, room, ellipsis);
    kept.push({ ...span, text });
    if (text !== span.text) break;
    room -= cells(text);
  }
  return kept;
}
