/** Shortening spans: prose loses its end, names and paths their middle. */
import type { Span } from "../segment.ts";
import { cells, cutEnd, cutMiddle, cutProse } from "./cells.ts";

/** @returns the span in at most `limit` cells; the same object when it fits */
export function cutSpan(span: Span, limit: number, ellipsis: string): Span {
  const text = (span.cut === "end" ? cutProse : cutMiddle)(span.text, limit, ellipsis);
  return text === span.text ? span : { ...span, text };
}

/** @returns the start of a block in at most `limit` cells, at least something visible */
export function cutSpans(spans: readonly Span[], limit: number, ellipsis: string): Span[] {
  const kept: Span[] = [];
  let room = Math.max(1, limit);
  let visible = false;
  for (const span of spans) {
    const text = cutEnd(span.text, room, ellipsis);
    kept.push({ ...span, text });
    visible ||= text.trim() !== "";
    room -= cells(text);
    if (text !== span.text || room === 0) break;
  }
  // Only space, or not even one wide character, fits.
  return visible ? kept : [{ text: "?", role: "muted" }];
}

/** @returns the cells of cleaned spans */
export function spanCells(spans: readonly Span[]): number {
  let total = 0;
  for (const span of spans) total += cells(span.text);
  return total;
}
