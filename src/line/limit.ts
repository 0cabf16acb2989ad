/** Rate limit windows: which of the known figures is in effect, and how it is shown. */
import type { Limit, Payload } from "../claude/payload.ts";
import {
  compareWindows,
  groupOfSession,
  isPossibleReset,
  paceOf,
  sourceOf,
  WINDOW_MS,
  type WindowName,
} from "../state/limit-windows.ts";
import type { AccountLimits, LimitWindow } from "../state/parts.ts";
import type { Context } from "./context.ts";
import { type Level, type Levels, levelOf } from "./level.ts";
import { clockTime, duration, percent } from "./look/format.ts";
import { icon } from "./look/icons.ts";
import { freshness } from "./parts.ts";
import type { Piece, Span } from "./segment.ts";

export const LIMIT_LEVELS = { warn: 75, critical: 90, unit: "% of the limit used" } as const;

export const LIMIT_OPTIONS = {
  time: { default: "left", choices: ["left", "clock"], about: "the reset as time left, or as time of day" },
  pace: { default: false, about: "how far ahead of an even pace, in percent" },
} as const;

/** What is shown of a window. */
interface EffectiveLimit {
  readonly usedPercent: number;
  readonly resetsAt: number | undefined;
  /** Only from a group of reports with the same figure. */
  readonly runsOutAt: number | undefined;
  /** The figure comes from the account's state. */
  readonly gathered: boolean;
  /** The session has not reported a window yet, so that its account is only assumed. */
  readonly assumed: boolean;
}

/**
 * The session's own payload is as old as its last reply. A report of another session replaces it only if it is of the
 * same account and window, is higher (within a window use only grows), and came after this session's last change.
 * Windows that were reset are ignored.
 */
function effectiveLimit(context: Context, name: WindowName): EffectiveLimit | undefined {
  const { payload, now } = context;
  const own = current(payload.limits?.[name], now);
  const facts = context.apiKey ? undefined : context.account?.parts.limits?.value;
  const group = facts ? groupOfSession(facts, payload.sessionId, payload.limits, now) : undefined;
  const all = current(group?.[name], now);
  // No spread: it is slow in a render (see `readPayload`).
  if (own === undefined) {
    if (group === undefined || all === undefined) return undefined;
    const known = payload.limits !== undefined && isKnown(group, payload, now);
    return limitOf(all.usedPercent, all.resetsAt, all.runsOutAt, true, !known);
  }
  if (group === undefined || all === undefined)
    return limitOf(own.usedPercent, own.resetsAt, undefined, false, false);
  if (all.usedPercent > own.usedPercent && isOlder(group, payload, all.seenAt))
    return limitOf(all.usedPercent, all.resetsAt, all.runsOutAt, true, false);
  const runsOutAt = all.usedPercent === own.usedPercent ? all.runsOutAt : undefined;
  return limitOf(own.usedPercent, own.resetsAt, runsOutAt, false, false);
}

/** Whether the session has had no reply since `instant`: it still reports the same figures. */
function isOlder(group: AccountLimits, { sessionId, limits }: Payload, instant: number): boolean {
  const source = sourceOf(group, sessionId);
  return (
    source?.at !== undefined &&
    source.at < instant &&
    isReported(limits?.fiveHour, source.fiveHour) &&
    isReported(limits?.sevenDay, source.sevenDay)
  );
}

/** A window that ended disappears from the payload without a reply. */
const isReported = (own: Limit | undefined, reported: number | undefined): boolean =>
  own === undefined || own.usedPercent === reported;

const limitOf = (
  usedPercent: number,
  resetsAt: number | undefined,
  runsOutAt: number | undefined,
  gathered: boolean,
  assumed: boolean,
): EffectiveLimit => ({ usedPercent, resetsAt, runsOutAt, gathered, assumed });

/** Whether the group is known to be the session's: it has the session's report, or the same windows. */
const isKnown = (group: AccountLimits, { sessionId, limits }: Payload, now: number): boolean =>
  sourceOf(group, sessionId) !== undefined || compareWindows(limits ?? {}, group, now) === "same";

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
  const window = effectiveLimit(context, name);
  if (!window) return undefined;
  const { usedPercent, resetsAt, runsOutAt } = window;
  // If the clock was set back, neither the pace nor the time left is known.
  const isPossible = resetsAt === undefined || isPossibleReset(name, resetsAt, context.now);
  const runsOut =
    isPossible &&
    runsOutAt !== undefined &&
    runsOutAt > context.now &&
    runsOutAt < (resetsAt ?? Number.POSITIVE_INFINITY);
  const reached = levelOf(usedPercent, options.levels);
  const level: Level = reached === "normal" && runsOut ? "warn" : reached;
  const figure: Span[] = [
    { text: `${label} `, role: "muted" },
    { text: `${window.assumed ? "~" : ""}${percent(usedPercent)}`, role: "limit" },
  ];
  const at = (instant: number): string => {
    const clock = context.localTime(instant);
    const near = instant - context.now < 86_400_000;
    return clock && near ? clockTime(clock) : duration(instant - context.now);
  };
  const more: Span[] = [];
  if (options.pace && resetsAt !== undefined && isPossible) {
    const pace = paceOf(name, usedPercent, resetsAt, context.now);
    const text = ` pace ${pace > 0 ? "+" : "-"}${percent(Math.abs(pace))}`;
    if (Math.abs(pace) >= 1) more.push({ text, role: "muted" });
  }
  if (runsOut) more.push({ text: ` out ${at(runsOutAt)}`, role: "warn" });
  if (resetsAt !== undefined) {
    const left = Math.min(resetsAt - context.now, WINDOW_MS[name]);
    const text = !isPossible ? "?" : options.time === "clock" ? at(resetsAt) : duration(left);
    more.push({ text: ` ${icon(context.config.icons, "reset")}${text}`, role: "muted" });
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
