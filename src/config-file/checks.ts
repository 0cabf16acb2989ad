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

const EXAMPLES = { "500ms": 500, "5s": 5_000, "10m": 600_000, "1h": 3_600_000 } as const;

/** @returns 'a time from 1s to 24h, like "5s", "10m" or "1h"': every example is in the range */
export function timeRange(minMs: number, maxMs: number): string {
  const valid = Object.entries(EXAMPLES).filter(([, ms]) => ms >= minMs && ms <= maxMs);
  const texts = valid.map(([text]) => JSON.stringify(text));
  return `a time from ${inUnits(minMs)} to ${inUnits(maxMs)}, like ${texts.slice(0, -1).join(", ")} or ${texts.at(-1)}`;
}

function inUnits(ms: number): string {
  const unit = ms % UNITS.h === 0 ? "h" : ms % UNITS.s === 0 ? "s" : "ms";
  return `${ms / UNITS[unit]}${unit}`;
}

/** Milliseconds, or a text like "500ms", "5s", "10m", "1h". The range of the number is for the JSON Schema. */
export function duration(minMs: number, maxMs: number) {
  const error = not(timeRange(minMs, maxMs));
  const number = z.number().meta({ minimum: minMs, maximum: maxMs });
  const text = z.string().regex(/^\d+(\.\d+)?(ms|s|m|h)$/, { error });
  return z.union([number, text], { error }).transform((value, context) => {
    const [, digits, unit] =
      typeof value === "string" ? (value.match(/^([\d.]+)(\w+)$/) ?? []) : ["", value, "ms"];
    const ms = Math.round(Number(digits) * UNITS[unit as keyof typeof UNITS]);
    if (ms >= minMs && ms <= maxMs) return ms;
    context.addIssue(error({ input: value }));
    return z.NEVER;
  });
}
