/**
 * Fitting a row: everything in full if there is room; else long names are shortened in their middle, then segments take
 * their short form, then they leave: each time the one with the lowest priority first.
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
  const all: Candidate[] = [...left.map(candidate("left")), ...right.map(candidate("right"))];
  const byPriority = all.toSorted((a, b) => a.block.priority - b.block.priority);
  const cost = () => {
    const [leftCount, rightCount] = [count(all, "left"), count(all, "right")];
    return joints.cost(leftCount) + joints.cost(rightCount) + (leftCount > 0 && rightCount > 0 ? GAP : 0);
  };
  const least = () => cost() + sum(all, (each) => each.form.least);

  if (least() > limit) {
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

  const stay = all.filter((each) => !each.dropped);
  const spare = limit - cost();
  const placed = shrink(stay, spare, ellipsis);
  const used = cost() + placed.reduce((total, each) => total + each.cells, 0);
  const bothSides = count(all, "left") > 0 && count(all, "right") > 0;
  const gap = count(all, "right") === 0 ? 0 : limit - used + (bothSides ? GAP : 0);
  const dropped = all
    .filter((each) => each.dropped)
    .map((each) => ({ ...drawn(each), cells: 0, fate: "dropped" as const }));
  return { placed, dropped, gap: Math.max(0, gap) };
}

const candidate =
  (side: Side) =>
  (block: Block): Candidate => ({
    block,
    side,
    form: block.full,
    short: false,
    dropped: false,
  });

const count = (all: readonly Candidate[], side: Side): number =>
  all.reduce((total, each) => total + (each.side === side && !each.dropped ? 1 : 0), 0);

const sum = (all: readonly Candidate[], cellsOf: (each: Candidate) => number): number =>
  all.reduce((total, each) => total + (each.dropped ? 0 : cellsOf(each)), 0);

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

const drawn = ({ block, side, form: { spans } }: Candidate) => ({
  name: block.name,
  side,
  spans,
  role: block.role,
  level: block.level,
  ...(block.link === undefined ? {} : { link: block.link }),
});

/** Shorten elastic spans until all blocks fit into `room`: the longest ones first. */
function shrink(stay: readonly Candidate[], room: number, ellipsis: string): Placed[] {
  const excess = stay.reduce((total, each) => total + each.form.cells, 0) - room;
  const level = excess > 0 ? waterLevel(stay, room) : Number.POSITIVE_INFINITY;
  return stay.map((each) => {
    let spans = each.form.spans;
    let fate: Fate = each.short ? "short" : "full";
    if (excess > 0 && spans.some((span) => span.elastic !== undefined)) {
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
    return { ...drawn(each), spans, cells: width, fate };
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
