/**
 * An account's rate limits out of what its sessions report: pure arithmetic on the state's values.
 *
 * Every render of every session carries limits, most of them old: a session repeats what its last reply said. Within
 * one window use only grows, so of two reports about the same window the higher one is newer, and a later window beats
 * an earlier one. A session whose own figure has changed since its last payload brings news in any case, so that a
 * limit that was lowered on the server comes through.
 */
import type { Limit } from "../claude/payload.ts";
import type { LimitsFacts, LimitWindow } from "../state/schema.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How long the windows are (Claude Code 2.1.330). Milliseconds. */
const LENGTH = { fiveHour: 5 * HOUR, sevenDay: 7 * 24 * HOUR } as const;

type WindowName = keyof typeof LENGTH;

/** How much of the series the exhaustion is predicted from: the pace of now, not of the whole window. Milliseconds. */
const RECENT = { fiveHour: HOUR, sevenDay: 24 * HOUR } as const;

/** Two reports about one window differ by less than this in when it resets. Milliseconds. */
const SAME_WINDOW_MS = 2 * MINUTE;

const MOST_POINTS = 60;
/** Points are this far apart at least; with 60 of them the series spans five hours. Milliseconds. */
const POINT_INTERVAL_MS = 5 * MINUTE;
/** A pace over less than this is noise. Milliseconds. */
const SHORTEST_SPAN_MS = 10 * MINUTE;

const MOST_SOURCES = 16;

/** What one session reports. */
export interface Report {
  readonly sessionId?: string | undefined;
  readonly fiveHour?: Limit | undefined;
  readonly sevenDay?: Limit | undefined;
}

/** Whether the session has not said just that before. */
export function isNews(known: LimitsFacts | null | undefined, report: Report): boolean {
  if (report.fiveHour === undefined && report.sevenDay === undefined) return false;
  const before = sourceOf(known, report);
  return (
    before?.fiveHour !== report.fiveHour?.usedPercent || before?.sevenDay !== report.sevenDay?.usedPercent
  );
}

/**
 * @param known what was known of the account; figures of a different account id are dropped
 * @param report what the session reports: nothing when it pays otherwise or has had no reply yet
 * @param accountId which account it is about, as far as it can be told
 */
export function updateLimits(
  known: LimitsFacts | null | undefined,
  report: Report,
  { accountId = known?.accountId, now }: { accountId?: string | undefined; now: number },
): LimitsFacts {
  const differs = known?.accountId !== undefined && accountId !== known.accountId;
  const before = differs ? undefined : (known ?? undefined);
  const fiveHour = newest("fiveHour", before, report, now);
  const sevenDay = newest("sevenDay", before, report, now);
  const series = extend(before?.series ?? [], fiveHour, sevenDay, now);
  return {
    ...(accountId === undefined ? {} : { accountId }),
    ...(fiveHour && { fiveHour: judge("fiveHour", fiveHour, series, now) }),
    ...(sevenDay && { sevenDay: judge("sevenDay", sevenDay, series, now) }),
    series,
    sources: sourcesAfter(before?.sources ?? [], report),
  };
}

const sourceOf = (known: LimitsFacts | null | undefined, { sessionId }: Report) =>
  known?.sources?.find((source) => source.sessionId === sessionId);

function sourcesAfter(
  sources: NonNullable<LimitsFacts["sources"]>,
  { sessionId, fiveHour, sevenDay }: Report,
): NonNullable<LimitsFacts["sources"]> {
  if (sessionId === undefined) return sources;
  const source = {
    sessionId,
    ...(fiveHour && { fiveHour: fiveHour.usedPercent }),
    ...(sevenDay && { sevenDay: sevenDay.usedPercent }),
  };
  return [source, ...sources.filter((other) => other.sessionId !== sessionId)].slice(0, MOST_SOURCES);
}

function newest(
  name: WindowName,
  known: LimitsFacts | undefined,
  report: Report,
  now: number,
): LimitWindow | undefined {
  const old = known?.[name];
  const said = report[name];
  if (said?.resetsAt === undefined || said.resetsAt <= now) return old;
  // A window cannot end later than one length from now: such a report is of a broken clock.
  if (said.resetsAt > now + LENGTH[name] + HOUR) return old;
  const reported: LimitWindow = { usedPercent: said.usedPercent, resetsAt: said.resetsAt, seenAt: now };
  if (old === undefined || old.resetsAt <= now) return reported;
  const before = sourceOf(known, report)?.[name];
  const isNews = before !== undefined && before !== said.usedPercent;
  const later = said.resetsAt - old.resetsAt;
  if (later > SAME_WINDOW_MS) return reported;
  if (later < -SAME_WINDOW_MS) return old;
  return isNews || said.usedPercent > old.usedPercent ? reported : old;
}

/** A window that was reset reads 0. Otherwise: how it stands against the clock, and when it runs out. */
function judge(
  name: WindowName,
  window: LimitWindow,
  series: LimitsFacts["series"],
  now: number,
): LimitWindow {
  const { usedPercent, resetsAt, seenAt } = window;
  if (resetsAt <= now) return { usedPercent: 0, resetsAt, seenAt };
  const elapsed = 100 * (1 - Math.min(1, (resetsAt - now) / LENGTH[name]));
  const runsOutAt = exhaustion(name, window, series, now);
  return {
    usedPercent,
    resetsAt,
    seenAt,
    pacePercent: usedPercent - elapsed,
    ...(runsOutAt === undefined ? {} : { runsOutAt }),
  };
}

function exhaustion(
  name: WindowName,
  { usedPercent, resetsAt }: LimitWindow,
  series: LimitsFacts["series"],
  now: number,
): number | undefined {
  if (usedPercent >= 100) return now;
  const first = series.find(
    (point) =>
      point[name] !== undefined &&
      now - point.at <= RECENT[name] &&
      Math.abs((point[`${name}ResetsAt`] ?? 0) - resetsAt) <= SAME_WINDOW_MS,
  );
  if (first === undefined || now - first.at < SHORTEST_SPAN_MS) return undefined;
  const perMs = (usedPercent - (first[name] ?? 0)) / (now - first.at);
  if (!(perMs > 0)) return undefined;
  const at = Math.round(now + (100 - usedPercent) / perMs);
  return at < resetsAt ? at : undefined;
}

function extend(
  series: LimitsFacts["series"],
  fiveHour: LimitWindow | undefined,
  sevenDay: LimitWindow | undefined,
  now: number,
): LimitsFacts["series"] {
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
