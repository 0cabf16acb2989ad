/**
 * What may stand in `config.json`: one zod schema, made from the registries, that checks the file, is the JSON Schema
 * editors use, and lists what the documentation says. Never loaded by `display`.
 */
import { z } from "zod";
import { nearest } from "../cli/nearest.ts";
import { DEFAULT_CONFIG } from "../config/defaults.ts";
import { BAR_SHAPES } from "../line/look/bar.ts";
import { themeNames } from "../line/look/themes.ts";
import type { OptionSpec } from "../line/options.ts";
import { ROLES, type Segment } from "../line/segment.ts";
import { findSegment, SEGMENTS } from "../line/segments/index.ts";
import { PARTS } from "../state/parts.ts";
import { PRESET_NAMES } from "./presets.ts";

/** "; did you mean 'x'?", where there is an x worth naming. */
function guess(value: unknown, known: readonly string[]): string {
  const near = typeof value === "string" ? nearest(value, known) : undefined;
  return near === undefined ? "" : `; did you mean '${near}'?`;
}

/** "'x' is not WHAT", or that it is missing. */
const isNot = (value: unknown, what: string): string =>
  value === undefined ? `${what} is missing` : `${quote(value)} is not ${what}`;

const quote = (value: unknown): string => (typeof value === "string" ? `'${value}'` : JSON.stringify(value));

/** An object without other keys, whose error names the key that was probably meant. */
function object<const Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== "unrecognized_keys") return undefined;
      const keys = issue.keys.map((key) => `${quote(key)} is no setting${guess(key, Object.keys(shape))}`);
      return keys.join("; ");
    },
  });
}

function oneOf<const Names extends readonly [string, ...string[]]>(names: Names) {
  return z.enum(names, {
    error: ({ input }) => isNot(input, `one of ${names.join(", ")}${guess(input, names)}`),
  });
}

const wholeNumber = (min: number, max: number, what: string) =>
  z
    .int({ error: ({ input }) => isNot(input, `a whole number of ${what}`) })
    .min(min)
    .max(max);

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** Milliseconds, or a text like "500ms", "5s", "10m", "1h". */
function duration(minMs: number, maxMs: number) {
  const says = ({ input }: { input?: unknown }) => isNot(input, `a time like "500ms", "5s", "10m" or "1h"`);
  const text = z.string().regex(/^\d+(\.\d+)?(ms|s|m|h)$/, { error: says });
  return z.union([z.number(), text], { error: says }).transform((value, context) => {
    const [, number, unit] =
      typeof value === "string" ? (value.match(/^([\d.]+)(\w+)$/) ?? []) : ["", value, "ms"];
    const ms = Math.round(Number(number) * UNITS[unit as keyof typeof UNITS]);
    if (ms >= minMs && ms <= maxMs) return ms;
    context.addIssue(`${quote(value)} is not from ${minMs} ms to ${maxMs / 1000} s`);
    return z.NEVER;
  });
}

const plainSegments = SEGMENTS.filter(({ argument }) => argument === undefined).map(({ name }) => name);

/** A segment as rows name it: "model", "command:weather", "text:prod". */
const reference = z
  .union(
    [
      z.enum(plainSegments as [string, ...string[]]),
      z.templateLiteral(["command:", z.string().min(1)]),
      z.templateLiteral(["text:", z.string().min(1)]),
    ],
    {
      error: ({ input }) =>
        input === "command" || input === "text"
          ? `${quote(input)} needs to be followed by a colon and ${input === "command" ? "a command's name" : "the text"}`
          : `${quote(input)} is no segment${guess(input, plainSegments) || "; 'plimsoll segments' lists them"}`,
    },
  )
  .meta({ id: "segment", description: "A segment; 'plimsoll segments' says what each shows" });

const list = z.array(reference, { error: ({ input }) => isNot(input, "a list of segments") }).max(60);

const row = z
  .union([list.transform((left) => ({ left })), object({ left: list.default([]), right: list.optional() })], {
    error: ({ input }) =>
      Array.isArray(input) || (typeof input === "object" && input !== null)
        ? undefined
        : isNot(input, `a row: a list of segments, or {"left": […], "right": […]}`),
  })
  .describe("One row: segments from the left, or an object with those that end at the right edge");

function option(spec: OptionSpec): z.ZodType {
  const about = { description: spec.about, default: spec.default };
  if (typeof spec.default === "boolean")
    return z.boolean({ error: ({ input }) => isNot(input, "true or false") }).meta(about);
  if (typeof spec.default === "number" && "min" in spec)
    return z.number().min(spec.min).max(spec.max).meta(about);
  if ("choices" in spec && spec.choices) return oneOf(spec.choices as [string, ...string[]]).meta(about);
  return z.string().max(200).meta(about);
}

function segmentSettings(segment: Segment) {
  const { levels, options = {} } = segment;
  const priority = z.number().min(0).max(100).meta({
    description: "Who stays when a row is too long: higher stays longer",
    default: segment.priority,
  });
  const shape: Record<string, z.ZodType> = { priority: priority.optional() };
  if (levels) {
    const about = `Where the warning and the critical colour begin, in ${levels.unit}`;
    const byDefault = Number.isFinite(levels.warn) ? { default: [levels.warn, levels.critical] } : {};
    shape.levels = z
      .tuple([z.number(), z.number()], {
        error: ({ input }) => isNot(input, "two numbers: [warn, critical]"),
      })
      .meta({ description: about, ...byDefault })
      .optional();
  }
  for (const [name, spec] of Object.entries(options)) shape[name] = option(spec).optional();
  return object(shape).describe(segment.about);
}

const segments = z
  .looseObject(
    Object.fromEntries(SEGMENTS.map((segment) => [segment.name, segmentSettings(segment).optional()])),
  )
  .superRefine((value, context) => {
    for (const [name, own] of Object.entries(value)) {
      const known = SEGMENTS.some((segment) => segment.name === name);
      const found = known ? undefined : findSegment(name);
      if (known) continue;
      if (!found) {
        const message = `${quote(name)} is no segment${guess(
          name,
          SEGMENTS.map((each) => each.name),
        )}`;
        context.addIssue({ code: "custom", message, path: [name] });
        continue;
      }
      const checked = segmentSettings(found.segment).safeParse(own);
      for (const issue of checked.error?.issues ?? [])
        context.addIssue({ code: "custom", message: issue.message, path: [name, ...issue.path] });
    }
  });

const command = object({
  run: z
    .array(z.string().min(1), {
      error: ({ input }) => isNot(input, "a list: the program and its arguments, without a shell"),
    })
    .min(1, { error: "it names no program" })
    .describe("The program and its arguments; no shell"),
  refresh: duration(1000, 86_400_000)
    .default(30_000)
    .meta({ description: "How old its text may get before it runs again", default: "30s" }),
  deadline: duration(10, 20_000).default(2000).meta({ description: "How long it may take", default: "2s" }),
}).transform(({ run, refresh, deadline }) => ({ run, refreshMs: refresh, deadlineMs: deadline }));

const usd = z
  .number({ error: ({ input }) => isNot(input, "a number of USD") })
  .min(0)
  .max(1e6);
const price = object({
  input: usd,
  output: usd,
  cacheRead: usd,
  cacheWrite5m: usd,
  cacheWrite1h: usd,
}).describe("USD per million tokens");

const color = z
  .string({ error: ({ input }) => isNot(input, `a colour like "#8fc7ff"`) })
  .regex(/^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/, {
    error: ({ input }) => isNot(input, `a colour like "#8fc7ff"`),
  });

const optionalEach = <Value extends z.ZodType>(names: readonly string[], value: Value) =>
  object(
    Object.fromEntries(names.map((name) => [name, value.optional()])) as Record<string, z.ZodOptional<Value>>,
  );

const DAY_MS = 86_400_000;

const refresh = object(
  Object.fromEntries(
    Object.entries(PARTS).map(([part, { ttlMs }]) => [
      part,
      duration(1000, DAY_MS)
        .optional()
        .meta({ default: `${ttlMs / 1000}s` }),
    ]),
  ),
);

/** The whole file. */
export const CONFIG = object({
  $schema: z.string().describe("Where the JSON Schema of this file is, for editors").optional(),
  preset: oneOf(PRESET_NAMES as [string, ...string[]])
    .meta({ description: "The line to start from", default: "default" })
    .optional(),
  rows: z
    .array(row, { error: ({ input }) => isNot(input, "a list of rows") })
    .min(1)
    .max(8)
    .describe("The line, row by row")
    .optional(),
  style: oneOf(["plain", "powerline", "capsule"])
    .meta({ description: "How segments are joined", default: DEFAULT_CONFIG.style })
    .optional(),
  icons: oneOf(["unicode", "nerd", "emoji", "ascii"])
    .meta({ description: 'Signs: "nerd" needs a Nerd Font', default: DEFAULT_CONFIG.icons })
    .optional(),
  theme: oneOf(["auto", ...themeNames()])
    .meta({ description: 'Colours; "auto" follows the background', default: DEFAULT_CONFIG.theme })
    .optional(),
  colors: optionalEach(ROLES, color).describe("Colours by role, over the theme's").optional(),
  separator: z.string().max(20).describe("What stands between two segments in plain style").optional(),
  bar: object({
    shape: oneOf(BAR_SHAPES as [string, ...string[]])
      .meta({ default: DEFAULT_CONFIG.bar.shape })
      .optional(),
    cells: wholeNumber(0, 60, "cells").meta({ default: DEFAULT_CONFIG.bar.cells }).optional(),
  })
    .describe("The shape and length of bars")
    .optional(),
  margin: wholeNumber(0, 200, "cells")
    .meta({ description: "Cells left free at the right edge", default: DEFAULT_CONFIG.margin })
    .optional(),
  padding: wholeNumber(0, 50, "cells")
    .meta({
      description: "statusLine.padding as in Claude Code's settings",
      default: DEFAULT_CONFIG.padding,
    })
    .optional(),
  segments: segments.describe("Settings of single segments").optional(),
  refresh: refresh.describe("How old a gathered part may get before it is gathered again").optional(),
  commands: z
    .record(
      z
        .string()
        .regex(/^[A-Za-z0-9_-]{1,40}$/, { error: "a command's name has letters, digits, - and _ only" }),
      command,
    )
    .describe('Your own commands, shown by the segment "command:NAME"; run in the background only')
    .optional(),
  prices: z.record(z.string().min(1), price).describe("Prices of models, by id").optional(),
  billing: object({
    source: oneOf(["ledger", "ccusage"]).meta({ default: DEFAULT_CONFIG.billing.source }),
  })
    .describe("Where sums of money come from")
    .optional(),
});

/** The first steps of the paths to its values. */
export const CONFIG_KEYS: readonly string[] = Object.keys(CONFIG.shape).filter((key) => key !== "$schema");

export type ConfigFile = z.output<typeof CONFIG>;
/** The file as a person writes it. */
export type ConfigInput = z.input<typeof CONFIG>;

/** The JSON Schema (2020-12) of the file. */
export function jsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(CONFIG, {
      io: "input",
      // zod leaves out the default of what it transforms, because it takes it for the result's: ours are as written.
      override: ({ zodSchema, jsonSchema }) => {
        const written = z.globalRegistry.get(zodSchema)?.default;
        if (written !== undefined) jsonSchema.default ??= written as never;
      },
    }),
    title: "Plimsoll: config.json",
  };
}
