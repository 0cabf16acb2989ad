/** How an account's use developed, and when a limit runs out if it goes on like this. */
import { isSameWindow, type WindowName } from "../state/limit-windows.ts";
import type { AccountLimits, LimitWindow } from "../state/parts.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How much of the series the exhaustion is predicted from: the pace of now, not of the whole window. Milliseconds. */
const RECENT = { fiveHour: HOUR, sevenDay: 24 * HOUR } as const;

const MOST_POINTS = 60;
/** Points are this far apart at least; with 60 of them the series spans five hours. Milliseconds. */
const POINT_INTERVAL_MS = 5 * MINUTE;
/** A pace over less than this is noise. Milliseconds. */
const SHORTEST_SPAN_MS = 10 * MINUTE;

/** A window that was reset reads 0. Otherwise: when it runs out. */
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

/** The series with a point for now, when the last one is old enough. */
export function extend(
  series: AccountLimits["series"],
  fiveHour: LimitWindow | undefined,
  sevenDay: LimitWindow | undefined,
  now: number,
): AccountLimits["series"] {
  // Points from the future were noted before the clock was set back: they would end the series for good.
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
