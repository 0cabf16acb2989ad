/**
 * Reading values of unknown JSON, field by field: an absent, null or wrong-typed field costs itself and nothing else.
 * Deliberately without a schema library: this is the display path, where one would cost a third of the start.
 */

export type Json = unknown;

/** A JSON object's field, or undefined when `value` is not an object or has no such own field. */
export function field(value: Json, name: string): Json {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

export const isObject = (value: Json): value is Record<string, Json> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A field further down: `at(payload, "model", "id")`. */
export function at(value: Json, ...path: string[]): Json {
  let current = value;
  for (const name of path) current = field(current, name);
  return current;
}

/** Text with something in it, of at most `limit` UTF-16 units (the rest is cut); else undefined. */
export function text(value: Json, limit = 4096): string | undefined {
  return typeof value === "string" && value !== "" ? value.slice(0, limit) : undefined;
}

/** A finite number from 0 up, never -0; else undefined. JSON has no NaN, but 1e999 parses to Infinity. */
export function amount(value: Json): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? Math.abs(value) : undefined;
}

/** A whole number from 0 up that a double holds exactly; else undefined. */
export function count(value: Json): number | undefined {
  const number = amount(value);
  return number !== undefined && number <= Number.MAX_SAFE_INTEGER ? Math.round(number) : undefined;
}

export function flag(value: Json): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

/** A point in time, in seconds or milliseconds (10^12 and above), as Unix milliseconds; else undefined. */
export function instant(value: Json): number | undefined {
  const number = amount(value);
  if (number === undefined || number === 0) return undefined;
  const ms = number >= 1e12 ? number : number * 1000;
  return ms <= LAST_DATE_MS ? ms : undefined;
}

/** The last instant that a Date can hold (ECMA-262). */
const LAST_DATE_MS = 8.64e15;
