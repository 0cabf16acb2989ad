/** The recent use of an account's limits, and when they run out at the current rate. */
import { isSameWindow, type WindowName } from "../state/limit-windows.ts";
import type { AccountLimits, LimitWindow } from "../state/parts.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The rate is computed from this much of the series, not from the whole window. Milliseconds. */
const RECENT = { fiveHour: HOUR, sevenDay: 24 * HOUR } as const;

const MOST_POINTS = 60;
/** The least distance of two points; 60 of them span five hours. Milliseconds. */
const POINT_INTERVAL_MS = 5 * MINUTE;
/** A rate over a shorter span is noise. Milliseconds. */
const SHORTEST_SPAN_MS = 10 * MINUTE;

/** The window with the time when it runs out; one that was reset reads 0. */
export function predict(
  name: WindowName,
  { usedPercent, resetsAt, seenAt }: LimitWindow,
  series: AccountLimits["series"],
  now: number,
): LimitWindow {
  if (resetsAt <= now) return { usedPercent: 0, resetsAt, seenAt };
  const runsOutAt = exhaustion(name, usedPercent, resetsAt, series, now);
  return { usedPercent, resetsAt, seenAt, ...(runsOutAt === undefined ? {} : { runsOutAt }) };
}

function exhaustion(
  name: WindowName,
  usedPercent: number,
  resetsAt: number,
  series: AccountLimits["series"],
  now: number,
): number | undefined {
  if (usedPercent >= 100) return now;
  const first = series.find(
    (point) =>
      point[name] !== undefined &&
      now - point.at <= RECENT[name] &&
      isSameWindow(point[`${name}ResetsAt`] ?? 0, resetsAt),
  );
  if (first === undefined || now - first.at < SHORTEST_SPAN_MS) return undefined;
  const perMs = (usedPercent - (first[name] ?? 0)) / (now - first.at);
  if (!(perMs > 0)) return undefined;
  const at = Math.round(now + (100 - usedPercent) / perMs);
  return at < resetsAt ? at : undefined;
}

/** The series with a point for now, if the last one is old enough. */
export function extend(
  series: AccountLimits["series"],
  fiveHour: LimitWindow | undefined,
  sevenDay: LimitWindow | undefined,
  now: number,
): AccountLimits["series"] {
  // Points in the future, from before the clock was set back, would block new ones.
  const past = series.filter(({ at }) => at <= now);
  const last = past.at(-1);
  const live = (window: LimitWindow | undefined) => (window && window.resetsAt > now ? window : undefined);
  const [five, seven] = [live(fiveHour), live(sevenDay)];
  if ((five === undefined && seven === undefined) || (last && now - last.at < POINT_INTERVAL_MS)) return past;
  const point = {
    at: now,
    ...(five && { fiveHour: five.usedPercent, fiveHourResetsAt: five.resetsAt }),
    ...(seven && { sevenDay: seven.usedPercent, sevenDayResetsAt: seven.resetsAt }),
  };
  return [...past, point].slice(-MOST_POINTS);
}
