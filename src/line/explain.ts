/** Why the line shows what it shows: each segment's source, its cost in time, or why it is absent. */
import type { Context } from "./context.ts";
import type { Placement } from "./layout/layout.ts";
import { drawLine, type SegmentOutcome } from "./layout/line.ts";
import { partOf } from "./parts.ts";
import type { Segment } from "./segment.ts";
import { findSegment, SEGMENTS } from "./segments/index.ts";

export interface Explanation {
  /** As configured: "model", "command:weather". */
  readonly name: string;
  readonly about: string;
  readonly source: string;
  /** Configured row, from 1; absent for a segment that is not configured. */
  readonly row?: number;
  readonly form: Placement | "absent" | "not configured" | "unknown";
  /** What the row shows of it, or would show of a dropped one. */
  readonly text?: string;
  /** Why it is absent. */
  readonly reason?: string;
  /** Milliseconds that its rendering took. */
  readonly ms?: number;
}

/**
 * @param clock monotonic milliseconds, such as `performance.now`
 * @returns the configured segments in the line's order, then all the others
 */
export function explainLine(context: Context, clock: () => number): Explanation[] {
  const { outcomes } = drawLine(context, clock);
  const configured = outcomes.map((outcome) => explain(context, outcome));
  const named = new Set(outcomes.map(({ reference }) => findSegment(reference)?.segment));
  const others = SEGMENTS.filter((segment) => !named.has(segment)).map(
    (segment): Explanation => ({ ...describe(segment), form: "not configured" }),
  );
  return [...configured, ...others];
}

const describe = (segment: Segment) => ({
  name: segment.argument === undefined ? segment.name : `${segment.name}:${segment.argument}`,
  about: segment.about,
  source: segment.source,
});

function explain(context: Context, { reference, row, placed, error, ms }: SegmentOutcome): Explanation {
  const segment = findSegment(reference)?.segment;
  if (!segment)
    return {
      name: reference,
      about: "",
      source: "",
      row: row + 1,
      form: "unknown",
      reason: "unknown segment; 'plimsoll segments' lists what there is",
    };
  const common = { ...describe(segment), name: reference, row: row + 1, ms };
  const failed = segment.part && partOf(context, segment.part)?.error;
  const reason = error ?? (failed === undefined ? undefined : `gathering ${segment.part} failed: ${failed}`);
  if (!placed) return { ...common, form: "absent", reason: reason ?? segment.absent };
  return {
    ...common,
    form: placed.placement,
    text: placed.spans.map((span) => span.text).join(""),
    ...(reason === undefined ? {} : { reason }),
  };
}
