/**
 * Timestamps from outside: numbers of unknown unit, RFC 3339, clocks before 1970 or that run backwards.
 * All functions are total: an invalid value gives `undefined`, never NaN or an exception.
 */

/** Numbers from here on are milliseconds: 2001-09-09T01:46:40Z. As seconds it would be the year 33658. */
const MILLISECONDS_FROM = 1e12;

/** The range of a Date: 100,000,000 days before and after 1970. */
const MAX_MS = 8.64e15;

const finite = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

/** @returns seconds or milliseconds as Unix milliseconds; undefined unless a finite number */
export function toMilliseconds(value: unknown): number | undefined {
  if (!finite(value)) return undefined;
  return value >= MILLISECONDS_FROM ? value : value * 1000;
}

/** @returns seconds or milliseconds as whole Unix seconds, rounded down; undefined unless a finite number */
export function toSeconds(value: unknown): number | undefined {
  if (!finite(value)) return undefined;
  return Math.floor(value >= MILLISECONDS_FROM ? value / 1000 : value);
}

/** @returns how long ago `thenMs` was, in ms; 0 for the future and for invalid numbers */
export const ageMs = (thenMs: number, nowMs: number): number =>
  finite(thenMs) && finite(nowMs) ? Math.max(0, nowMs - thenMs) : 0;

const RFC_3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(\.\d+)?(?:([Zz])|([+-])(\d{2}):(\d{2}))$/;

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

/**
 * Parse an RFC 3339 date-time. A leap second (`:60`) is the next second, as in POSIX time.
 * @returns Unix milliseconds, truncated; undefined for anything else, such as an impossible date
 */
export function parseRfc3339(text: unknown): number | undefined {
  const match = typeof text === "string" ? RFC_3339.exec(text) : null;
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as Six;
  const days = month === 2 && isLeap(year) ? 29 : DAYS[month - 1];
  if (days === undefined || day < 1 || day > days || hour > 23 || minute > 59 || second > 60)
    return undefined;
  const [offsetHours, offsetMinutes] = [Number(match[10] ?? 0), Number(match[11] ?? 0)];
  if (offsetHours > 23 || offsetMinutes > 59) return undefined;
  // Date.UTC maps the years 0 to 99 to 1900 to 1999; setUTCFullYear does not.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const clock = ((hour * 60 + minute) * 60 + second) * 1000;
  const fraction = Math.floor(Number(`0${match[7] ?? ""}`) * 1000);
  const east = (offsetHours * 60 + offsetMinutes) * 60_000 * (match[9] === "-" ? -1 : 1);
  return date.getTime() + clock + fraction - east;
}

type Six = [number, number, number, number, number, number];

/** @returns RFC 3339 in UTC with milliseconds; undefined outside the years 0 to 9999 */
export function formatRfc3339(ms: number): string | undefined {
  if (!finite(ms) || Math.abs(ms) > MAX_MS) return undefined;
  const text = new Date(ms).toISOString();
  return /^\d{4}-/.test(text) ? text : undefined;
}
