/**
 * Shapes of the values in state files. A shape checks a value at run time, and the value's type is inferred from it, so
 * the display path can trust a file without a schema library.
 */
import { isObject } from "../claude/json.ts";

export type Shape<T> = (value: unknown) => value is T;

/** The type of the values that pass a shape. */
export type Infer<S> = S extends Shape<infer T> ? T : never;

type Fields = Readonly<Record<string, Shape<unknown>>>;

type OptionalKeys<F extends Fields> = {
  [K in keyof F]: undefined extends Infer<F[K]> ? K : never;
}[keyof F];

/** The type of an object with these fields; a field whose shape is `optional` may be missing. */
export type ObjectOf<F extends Fields> = {
  -readonly [K in keyof F as Exclude<K, OptionalKeys<F>>]: Infer<F[K]>;
} & { -readonly [K in keyof F as Extract<K, OptionalKeys<F>>]?: Exclude<Infer<F[K]>, undefined> };

export const text = (value: unknown): value is string => typeof value === "string";
export const number = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value);
export const flag = (value: unknown): value is boolean => typeof value === "boolean";
export const anything = (_value: unknown): _value is unknown => true;

export const optional =
  <T>(shape: Shape<T>) =>
  (value: unknown): value is T | undefined =>
    value === undefined || shape(value);

export const list =
  <T>(shape: Shape<T>) =>
  (value: unknown): value is T[] =>
    Array.isArray(value) && allMatch(value, shape);

export const record =
  <T>(shape: Shape<T>) =>
  (value: unknown): value is Record<string, T> =>
    isObject(value) && allMatch(Object.values(value), shape);

/** A loop: the first call of `every` costs a render more than all its checks. */
function allMatch(values: readonly unknown[], shape: Shape<unknown>): boolean {
  for (const value of values) if (!shape(value)) return false;
  return true;
}

/** An object whose fields all match. Unknown fields are ignored: a later version may add some. */
export function object<const F extends Fields>(fields: F): Shape<ObjectOf<F>> {
  let names: string[] | undefined;
  return (value): value is ObjectOf<F> => {
    if (!isObject(value)) return false;
    names ??= Object.keys(fields);
    for (const name of names) if (!fields[name]?.(value[name])) return false;
    return true;
  };
}

/** An object type whose fields may be missing where they could be undefined before. */
export type Defined<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };

/** @returns a copy without the fields that are undefined, as `exactOptionalPropertyTypes` requires */
export function withoutUndefined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as unknown as Defined<T>;
}
