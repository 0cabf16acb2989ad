/** Why the line shows what it shows: each segment's source, its cost in time, or why it is absent. */

import { withoutUndefined } from "../state/shape.ts";
import type { Context } from "./context.ts";
import type { Placed, Placement } from "./layout/layout.ts";
import { drawLine, type SegmentOutcome } from "./layout/line.ts";
import { paint } from "./layout/paint.ts";
import { joinerOf } from "./layout/style.ts";
import { palette } from "./look/theme.ts";
import { isFailing, partOf } from "./parts.ts";
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
  /** The text in the line's colours and style: with escape codes, for people only. */
  readonly drawn?: string;
  /** Why it is absent. */
  readonly reason?: string;
  /** The reason in two words, unless it is an error. */
  readonly brief?: string;
  /** When the part that it shows was gathered. Unix milliseconds. */
  readonly gatheredAt?: number;
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

/** What a line with only this segment would show. @param reference as in rows, of a known segment */
export function explainAlone(context: Context, reference: string): Explanation | undefined {
  const alone = { ...context, config: { ...context.config, rows: [{ left: [reference] }] } };
  const outcome = drawLine(alone, () => 0).outcomes[0];
  return outcome && explain(alone, outcome);
}

const describe = (segment: Segment) => ({
  name: segment.argument === undefined ? segment.name : `${segment.name}:${segment.argument}`,
  about: segment.about,
  source: segment.source,
});

function explain(context: Context, outcome: SegmentOutcome): Explanation {
  const { reference, row, placed, error, ms } = outcome;
  const found = findSegment(reference);
  if (!found)
    return {
      name: reference,
      about: "",
      source: "",
      row: row + 1,
      form: "unknown",
      reason: "unknown segment; 'plimsoll segments' lists what there is",
    };
  const { segment, argument } = found;
  const trouble = error ?? partError(context, segment);
  return withoutUndefined({
    ...describe(segment),
    name: reference,
    row: row + 1,
    form: placed?.placement ?? ("absent" as const),
    text: placed?.spans.map((span) => span.text).join(""),
    drawn: placed && draw(context, placed),
    reason: trouble ?? (placed ? undefined : segment.absent),
    brief: placed || trouble !== undefined ? undefined : briefly(segment),
    gatheredAt: gatheredAt(context, segment, argument),
    ms,
  });
}

/** Why the newest attempt to gather the segment's part gave nothing. */
function partError(context: Context, { part: name }: Segment): string | undefined {
  const part = name && partOf(context, name);
  if (part?.error === undefined) return undefined;
  return isFailing(part) ? `gathering ${name} failed: ${part.error}` : part.error;
}

/** Each of the user's commands has a time of its own. */
function gatheredAt(context: Context, { part: name }: Segment, argument: string): number | undefined {
  const part = name && partOf(context, name);
  if (!part || part.value === null) return undefined;
  if (name !== "commands") return part.gatheredAt;
  const all = context.session?.parts.commands?.value;
  return all && Object.hasOwn(all, argument) ? all[argument]?.gatheredAt : undefined;
}

/** "no subagent is running, or …": the first clause. */
const briefly = ({ brief, absent }: Segment): string => brief ?? (absent.split(/[,:;(]/)[0] as string).trim();

/** Without the joints of the style, which one segment alone would end in. */
function draw({ config, terminal }: Context, placed: Placed): string {
  const colors = palette(config.theme, config.colors, terminal);
  return paint(joinerOf({ ...config, style: "plain" }, terminal.colors > 0).draw([placed], "left", colors));
}
