/** Rate limit windows: which of the known figures holds, and how it is shown. */
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
interface Standing {
  readonly usedPercent: number;
  readonly resetsAt: number | undefined;
  /** Only where a group of reports with this very figure has it. */
  readonly runsOutAt: number | undefined;
  /** The figure comes from the account's state. */
  readonly gathered: boolean;
  /** The session has not reported a window yet: that the figure is of its account is only likely. */
  readonly likely: boolean;
}

/**
 * The figure that holds. The session's own payload is as old as its last reply. A report of another session replaces
 * it only where it is known to be of the same account and window, to be higher (within a window use only grows), and to
 * have come after this session's last change. A window whose reset has passed says nothing.
 */
function standing(context: Context, name: WindowName): Standing | undefined {
  const { payload, now } = context;
  const own = current(payload.limits?.[name], now);
  const facts = context.apiKey ? undefined : context.account?.parts.limits?.value;
  const group = facts ? groupOfSession(facts, payload.sessionId, payload.limits, now) : undefined;
  const all = current(group?.[name], now);
  // Fields one by one rather than spread: this is drawn by every render (see `readPayload`).
  if (own === undefined) {
    if (group === undefined || all === undefined) return undefined;
    const known = payload.limits !== undefined && isKnown(group, payload, now);
    return standingOf(all.usedPercent, all.resetsAt, all.runsOutAt, true, !known);
  }
  if (group === undefined || all === undefined)
    return standingOf(own.usedPercent, own.resetsAt, undefined, false, false);
  if (all.usedPercent > own.usedPercent && isOlder(group, payload, all.seenAt))
    return standingOf(all.usedPercent, all.resetsAt, all.runsOutAt, true, false);
  const runsOutAt = all.usedPercent === own.usedPercent ? all.runsOutAt : undefined;
  return standingOf(own.usedPercent, own.resetsAt, runsOutAt, false, false);
}

/** The session still reports what it did before `instant`: it has had no reply since. */
function isOlder(group: AccountLimits, { sessionId, limits }: Payload, instant: number): boolean {
  const source = sourceOf(group, sessionId);
  return (
    source?.at !== undefined &&
    source.at < instant &&
    isReported(limits?.fiveHour, source.fiveHour) &&
    isReported(limits?.sevenDay, source.sevenDay)
  );
}

/** A window that ends disappears from the payload, and that is not a reply. */
const isReported = (own: Limit | undefined, reported: number | undefined): boolean =>
  own === undefined || own.usedPercent === reported;

const standingOf = (
  usedPercent: number,
  resetsAt: number | undefined,
  runsOutAt: number | undefined,
  gathered: boolean,
  likely: boolean,
): Standing => ({ usedPercent, resetsAt, runsOutAt, gathered, likely });

/** The session is one of those whose reports the group is made of, or its windows are the group's. */
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
  const window = standing(context, name);
  if (!window) return undefined;
  const { usedPercent, resetsAt, runsOutAt } = window;
  // With a clock that was set back, nothing can be said of time: not the pace, and not when it is reset.
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
    { text: `${window.likely ? "~" : ""}${percent(usedPercent)}`, role: "limit" },
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
