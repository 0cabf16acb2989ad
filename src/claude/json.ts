/**
 * Reading unknown JSON field by field: a missing, null or wrong-typed field is undefined and affects no other.
 * No schema library: on the display path one would cost a third of the start-up time.
 */

export type Json = unknown;

/** @returns undefined for missing or invalid text, such as that of a torn file */
export function parseJson(text: string | undefined): Json {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @returns an own field; undefined when missing, or `value` is not an object */
export function field(value: Json, name: string): Json {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

export const isObject = (value: Json): value is Record<string, Json> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A nested field: `at(payload, "model", "id")`. */
export function at(value: Json, ...path: string[]): Json {
  let current = value;
  for (const name of path) current = field(current, name);
  return current;
}

/** Non-empty text, cut to `limit` UTF-16 units; else undefined. */
export function text(value: Json, limit = 4096): string | undefined {
  return typeof value === "string" && value !== "" ? value.slice(0, limit) : undefined;
}

/** A finite number ≥ 0, never -0; else undefined. 1e999 parses to Infinity. */
export function amount(value: Json): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? Math.abs(value) : undefined;
}

/** A safe integer ≥ 0, rounded; else undefined. */
export function count(value: Json): number | undefined {
  const number = amount(value);
  return number !== undefined && number <= Number.MAX_SAFE_INTEGER ? Math.round(number) : undefined;
}

export function flag(value: Json): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

/** Unix seconds, or milliseconds from 10^12 on, as Unix milliseconds; else undefined. */
export function instant(value: Json): number | undefined {
  const number = amount(value);
  if (number === undefined || number === 0) return undefined;
  const ms = number >= 1e12 ? number : number * 1000;
  return ms <= LAST_DATE_MS ? ms : undefined;
}

/** The maximum of a Date (ECMA-262). */
const LAST_DATE_MS = 8.64e15;
