/**
 * Local days: which day an instant belongs to in a time zone, clock changes included.
 *
 * Asking the time zone library is slow (4 ms the first time, microseconds after), so a zone is asked for its offsets
 * once, a week apart, and in between only where two of them differ. After that a day costs a table look-up.
 */
export interface Zone {
  /** Milliseconds east of UTC at an instant (Unix milliseconds). */
  offsetMs(at: number): number;
}

export const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

export const UTC: Zone = { offsetMs: () => 0 };

/**
 * A zone by its name in the time zone database.
 * @returns undefined for an unknown name
 */
export function namedZone(name: string): Zone | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      timeZoneName: "longOffset",
      year: "numeric",
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  return tabulate((at) => parseOffset(format.formatToParts(at)));
}

/** The time zone of this process. */
export const localZone = (): Zone => tabulate((at) => -new Date(at).getTimezoneOffset() * 60_000);

/** @param offsetOf milliseconds east of UTC at an instant; slow, asked as seldom as possible */
export function tabulate(offsetOf: (at: number) => number): Zone {
  const weeks = new Map<number, number>();
  const changes = new Map<number, number>();
  const atWeek = (week: number): number => {
    const cached = weeks.get(week);
    if (cached !== undefined) return cached;
    const offset = offsetOf(week * WEEK_MS);
    weeks.set(week, offset);
    return offset;
  };
  return {
    offsetMs(at) {
      const week = Math.floor(at / WEEK_MS);
      const before = atWeek(week);
      const after = atWeek(week + 1);
      if (before === after) return before;
      let change = changes.get(week);
      if (change === undefined) {
        change = firstInstant(week * WEEK_MS, (week + 1) * WEEK_MS, (instant) => offsetOf(instant) === after);
        changes.set(week, change);
      }
      return at < change ? before : after;
    },
  };
}

/** The first instant from which `holds` does, known to be after `low` and not after `high`; to the second. */
function firstInstant(low: number, high: number, holds: (at: number) => boolean): number {
  let [before, from] = [low, high];
  while (from - before > 1_000) {
    const middle = before + Math.max(1, Math.floor((from - before) / 2_000)) * 1_000;
    if (holds(middle)) from = middle;
    else before = middle;
  }
  return from;
}

/** The spans from `from` up to `to` within which a zone's clock is not changed. Unix milliseconds. */
export function* offsetSpans(
  zone: Zone,
  from: number,
  to: number,
): Generator<{ from: number; to: number; offsetMs: number }> {
  let start = from;
  while (start < to) {
    const offsetMs = zone.offsetMs(start);
    const changed = (at: number) => zone.offsetMs(at) !== offsetMs;
    let before = start;
    let end = Math.min(start + WEEK_MS, to);
    while (end < to && !changed(end)) {
      before = end;
      end = Math.min(end + WEEK_MS, to);
    }
    if (changed(end)) end = firstInstant(before, end, changed);
    yield { from: start, to: end, offsetMs };
    start = end;
  }
}

/** "GMT", "GMT+05:30", "GMT-03:30:52". */
function parseOffset(parts: readonly Intl.DateTimeFormatPart[]): number {
  const name = parts.find((part) => part.type === "timeZoneName")?.value ?? "";
  const match = /([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(name);
  if (!match) return 0;
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
  return (match[1] === "-" ? -1000 : 1000) * seconds;
}

/** The number of the local day that an instant is in: days since 1970-01-01. */
export const dayOf = (at: number, zone: Zone): number => Math.floor((at + zone.offsetMs(at)) / DAY_MS);

/** "2026-11-21" for the number of a day. */
export const dayName = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** The first instant of a local day. Unix milliseconds. */
export function dayStart(day: number, zone: Zone): number {
  // Offsets run from -12 to +14 hours; where midnight does not exist the day begins with its first instant.
  const near = day * DAY_MS;
  return firstInstant(near - 15 * 3_600_000 - 1_000, near + 13 * 3_600_000, (at) => dayOf(at, zone) >= day);
}
