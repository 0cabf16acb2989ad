/** Rate limit windows: which of the known figures holds, and how it is shown. */
import type { Limit } from "../claude/payload.ts";
import type { LimitWindow } from "../state/schema.ts";
import type { Context } from "./context.ts";
import { clockTime, duration, percent } from "./format.ts";
import { icon } from "./icons.ts";
import { type Level, type Levels, levelOf } from "./level.ts";
import { freshness } from "./parts.ts";
import type { Piece, Span } from "./segment.ts";

type WindowName = "fiveHour" | "sevenDay";

export const LIMIT_LEVELS = { warn: 75, critical: 90, unit: "% of the limit used" } as const;

export const LIMIT_OPTIONS = {
  time: { default: "left", choices: ["left", "clock"], about: "the reset as time left, or as time of day" },
  pace: { default: false, about: "how far ahead of an even pace, in percent" },
} as const;

/** What is shown of a window. */
interface Standing {
  readonly usedPercent: number;
  readonly resetsAt: number | undefined;
  readonly pacePercent: number | undefined;
  readonly runsOutAt: number | undefined;
  /** Only the account's state has it. */
  readonly gathered: boolean;
}

/** Two reports are of the same window when their resets differ by less than this. */
const SAME_WINDOW_MS = 10 * 60_000;

/**
 * The figure that holds. This session's own is as old as its last reply, the account's as its newest session's; within
 * a window use only grows, so the larger one is the newer one. A window whose reset has passed says nothing.
 */
function standing(context: Context, name: WindowName): Standing | undefined {
  const own = current(context.payload.limits?.[name], context.now);
  const all = context.apiKey ? undefined : current(context.account?.parts.limits?.value?.[name], context.now);
  // Fields one by one rather than spread: this is drawn by every render (see `readPayload`).
  const ofOwn = own && standingOf(own.usedPercent, own.resetsAt, undefined, false);
  const ofAll = all && standingOf(all.usedPercent, all.resetsAt, all, true);
  if (!own || !all) return ofOwn ?? ofAll;
  if (own.resetsAt !== undefined && Math.abs(own.resetsAt - all.resetsAt) > SAME_WINDOW_MS)
    return own.resetsAt > all.resetsAt ? ofOwn : ofAll;
  const usedPercent = Math.max(own.usedPercent, all.usedPercent);
  return standingOf(usedPercent, own.resetsAt ?? all.resetsAt, all, false);
}

const standingOf = (
  usedPercent: number,
  resetsAt: number | undefined,
  forecast: LimitWindow | undefined,
  gathered: boolean,
): Standing => ({
  usedPercent,
  resetsAt,
  pacePercent: forecast?.pacePercent,
  runsOutAt: forecast?.runsOutAt,
  gathered,
});

function current<Window extends Limit | LimitWindow>(
  window: Window | undefined,
  now: number,
): Window | undefined {
  return window !== undefined && (window.resetsAt === undefined || window.resetsAt > now)
    ? window
    : undefined;
}

/** Draw one window. */
export function limitPiece(
  context: Context,
  name: WindowName,
  label: string,
  options: { levels: Levels; time: "left" | "clock"; pace: boolean },
): Piece | undefined {
  const window = standing(context, name);
  if (!window) return undefined;
  const { usedPercent, resetsAt, pacePercent, runsOutAt } = window;
  const runsOut =
    runsOutAt !== undefined && runsOutAt > context.now && runsOutAt < (resetsAt ?? Number.POSITIVE_INFINITY);
  const reached = levelOf(usedPercent, options.levels);
  const level: Level = reached === "normal" && runsOut ? "warn" : reached;
  const figure: Span[] = [
    { text: `${label} `, role: "muted" },
    { text: percent(usedPercent), role: "limit" },
  ];
  const at = (instant: number): string => {
    const clock = context.localTime(instant);
    const near = instant - context.now < 86_400_000;
    return clock && near ? clockTime(clock) : duration(instant - context.now);
  };
  const more: Span[] = [];
  if (options.pace && pacePercent !== undefined && Math.abs(pacePercent) >= 1) {
    const sign = pacePercent > 0 ? "+" : "-";
    more.push({ text: ` pace ${sign}${percent(Math.abs(pacePercent))}`, role: "muted" });
  }
  if (runsOut) more.push({ text: ` out ${at(runsOutAt)}`, role: "warn" });
  if (resetsAt !== undefined) {
    const text = options.time === "clock" ? at(resetsAt) : duration(resetsAt - context.now);
    more.push({ text: ` ${icon(context.settings.icons, "reset")}${text}`, role: "muted" });
  }
  return {
    role: "limit",
    icon: "limit",
    level,
    spans: [...figure, ...more],
    short: figure,
    ...(window.gathered ? freshness(context, "limits", context.account?.parts.limits) : {}),
  };
}
