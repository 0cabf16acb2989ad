/** zod types whose errors list what is allowed, and suggest the name that was probably meant. */
import { z } from "zod";
import { nearest } from "../cli/nearest.ts";

/** "; did you mean 'x'?", or "" without a similar name. */
export function guess(value: unknown, known: readonly string[]): string {
  const near = typeof value === "string" ? nearest(value, known) : undefined;
  return near === undefined ? "" : `; did you mean '${near}'?`;
}

/** An `error` callback: "'x' is not WHAT", or "WHAT is missing". */
export const not =
  (what: string) =>
  ({ input }: { input?: unknown }): string =>
    input === undefined ? `${what} is missing` : `${quote(input)} is not ${what}`;

export const quote = (value: unknown): string =>
  typeof value === "string" ? `'${value}'` : JSON.stringify(value);

/** An optional setting; its description and default are for the JSON Schema. */
export const setting = <Type extends z.ZodType>(type: Type, description: string, byDefault?: unknown) =>
  type.meta({ description, ...(byDefault === undefined ? {} : { default: byDefault }) }).optional();

/** An object without other keys. */
export function object<const Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== "unrecognized_keys") return undefined;
      return issue.keys
        .map((key) => `unknown setting ${quote(key)}${guess(key, Object.keys(shape))}`)
        .join("; ");
    },
  });
}

/** An object whose keys are some of `names`, with values of one type. */
export const optionalEach = <Value extends z.ZodType>(names: readonly string[], value: Value) =>
  object(
    Object.fromEntries(names.map((name) => [name, value.optional()])) as Record<string, z.ZodOptional<Value>>,
  );

export const oneOf = (names: readonly string[]) =>
  z.enum(names as [string, ...string[]], {
    error: (issue) => not(`one of ${names.join(", ")}${guess(issue.input, names)}`)(issue),
  });

export const wholeNumber = (min: number, max: number, what: string) =>
  z
    .int({ error: not(`a whole number of ${what} from ${min} to ${max}`) })
    .min(min)
    .max(max);

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** Milliseconds, or a text like "500ms", "5s", "10m", "1h". */
export function duration(minMs: number, maxMs: number) {
  const error = not(`a time like "500ms", "5s", "10m" or "1h"`);
  const text = z.string().regex(/^\d+(\.\d+)?(ms|s|m|h)$/, { error });
  return z.union([z.number(), text], { error }).transform((value, context) => {
    const [, number, unit] =
      typeof value === "string" ? (value.match(/^([\d.]+)(\w+)$/) ?? []) : ["", value, "ms"];
    const ms = Math.round(Number(number) * UNITS[unit as keyof typeof UNITS]);
    if (ms >= minMs && ms <= maxMs) return ms;
    context.addIssue(`${quote(value)} is not from ${minMs} ms to ${maxMs / 1000} s`);
    return z.NEVER;
  });
}
