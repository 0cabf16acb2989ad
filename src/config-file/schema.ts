/**
 * What `config.json` may contain: one zod schema, made from the registries. It checks the file, is the JSON Schema for
 * editors, and gives the documentation its tables. Never loaded by `display`.
 */
import { z } from "zod";
import { COST_SOURCES, type Config, DEFAULT_CONFIG } from "../config/config.ts";
import { STYLE_NAMES } from "../line/layout/style.ts";
import { BAR_CHOICES } from "../line/look/bar.ts";
import { ICON_CHOICES } from "../line/look/icons.ts";
import { themeNames } from "../line/look/themes.ts";
import type { SegmentOption } from "../line/options.ts";
import { ROLES, type Segment } from "../line/segment.ts";
import { findSegment, SEGMENTS } from "../line/segments/index.ts";
import { PARTS } from "../state/parts.ts";
import { duration, guess, not, object, oneOf, optionalEach, quote, setting, wholeNumber } from "./checks.ts";
import { FORMER_PRESET_NAMES, PRESET_NAMES } from "./presets.ts";

const DAY_MS = 86_400_000;

const plainSegments = SEGMENTS.filter(({ argument }) => argument === undefined).map(({ name }) => name);
const segmentNames = SEGMENTS.map(({ name }) => name);

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
          ? `${quote(input)} needs a colon and ${input === "command" ? "a command's name" : "the text"} after it`
          : `unknown segment ${quote(input)}${guess(input, plainSegments) || "; 'plimsoll segments' lists them"}`,
    },
  )
  .meta({ id: "segment", description: "A segment; 'plimsoll segments' lists them" });

const list = z.array(reference, { error: not("a list of at most 60 segments") }).max(60);

const row = z
  .union([list.transform((left) => ({ left })), object({ left: list.default([]), right: list.optional() })], {
    error: (issue) =>
      typeof issue.input === "object" && issue.input !== null
        ? undefined
        : not(`a row: a list of segments, or {"left": […], "right": […]}`)(issue),
  })
  .describe("One row: a list of segments, or an object with those on the left and on the right");

const number = (min: number, max: number) =>
  z
    .number({ error: not(`a number from ${min} to ${max}`) })
    .min(min)
    .max(max);

function option(spec: SegmentOption): z.ZodType {
  const about = { description: spec.about, default: spec.default };
  if (typeof spec.default === "boolean") return z.boolean({ error: not("true or false") }).meta(about);
  if (typeof spec.default === "number" && "min" in spec) return number(spec.min, spec.max).meta(about);
  if ("choices" in spec && spec.choices) return oneOf(spec.choices).meta(about);
  return z.string().max(200).meta(about);
}

function segmentConfig({ about, priority, levels, options = {} }: Segment) {
  const shape: Record<string, z.ZodType> = {
    priority: setting(number(0, 100), "Higher stays longer when a row is too long", priority),
  };
  if (levels)
    shape.levels = setting(
      z.tuple([z.number(), z.number()], { error: not("two numbers: [warn, critical]") }),
      `Where the warning and critical levels begin, in ${levels.unit}`,
      Number.isFinite(levels.warn) ? [levels.warn, levels.critical] : undefined,
    );
  for (const [name, spec] of Object.entries(options)) shape[name] = option(spec).optional();
  return object(shape).describe(about);
}

const segments = z
  .looseObject(
    Object.fromEntries(SEGMENTS.map((segment) => [segment.name, segmentConfig(segment).optional()])),
  )
  .superRefine((value, context) => {
    for (const [name, own] of Object.entries(value)) {
      if (segmentNames.some((known) => known === name)) continue;
      const found = findSegment(name);
      if (!found) {
        const message = `unknown segment ${quote(name)}${guess(name, segmentNames)}`;
        context.addIssue({ code: "custom", message, path: [name] });
        continue;
      }
      const checked = segmentConfig(found.segment).safeParse(own);
      for (const issue of checked.error?.issues ?? [])
        context.addIssue({ code: "custom", message: issue.message, path: [name, ...issue.path] });
    }
  });

const command = object({
  run: z
    .array(z.string().min(1), { error: not("a list: the program and its arguments, without a shell") })
    .min(1, { error: "the program is missing" })
    .describe("The program and its arguments; no shell"),
  refresh: duration(1000, DAY_MS)
    .default(30_000)
    .meta({ description: "Maximum age of its output before it runs again", default: "30s" }),
  deadline: duration(10, 20_000).default(2000).meta({ description: "Maximum run time", default: "2s" }),
}).transform(({ run, refresh, deadline }) => ({ run, refreshMs: refresh, deadlineMs: deadline }));

const commandName = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,40}$/, { error: "a command's name has letters, digits, - and _ only" });

const usd = z
  .number({ error: not("a number of USD from 0 to 1000000") })
  .min(0)
  .max(1e6);
const price = object({
  input: usd,
  output: usd,
  cacheRead: usd,
  cacheWrite5m: usd,
  cacheWrite1h: usd,
}).describe("USD per million tokens");

const isNotColor = not(`a colour like "#8fc7ff"`);
const color = z
  .string({ error: isNotColor })
  .regex(/^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/, { error: isNotColor });

const refresh = object(
  Object.fromEntries(
    Object.entries(PARTS).map(([part, { about, ttlMs }]) => [
      part,
      duration(1000, DAY_MS)
        .optional()
        .meta({ description: about, default: `${ttlMs / 1000}s` }),
    ]),
  ),
);

const defaults = DEFAULT_CONFIG;

/** The settings: a check, a description and the default for the documentation. */
const SETTINGS = {
  rows: setting(
    z
      .array(row, { error: not("a list of 1 to 8 rows") })
      .min(1)
      .max(8),
    "The line, row by row",
  ),
  style: setting(oneOf(STYLE_NAMES), "How segments are joined", defaults.style),
  icons: setting(
    oneOf(ICON_CHOICES),
    'Signs: "auto" is "narrow" in CJK locales, else "unicode"; "nerd" needs a Nerd Font',
    defaults.icons,
  ),
  theme: setting(
    oneOf(["auto", ...themeNames()]),
    'Colours; "auto" follows the theme of Claude Code',
    defaults.theme,
  ),
  colors: setting(optionalEach(ROLES, color), "Colours by role, over the theme's"),
  separator: setting(z.string().max(20), "Text between two segments in plain style"),
  bar: setting(
    object({
      shape: oneOf(BAR_CHOICES).meta({ default: defaults.bar.shape }).optional(),
      cells: wholeNumber(0, 60, "cells").meta({ default: defaults.bar.cells }).optional(),
    }),
    'Shape and length of bars; the shape "auto" is "slant" in CJK locales, else "line"',
  ),
  margin: setting(wholeNumber(0, 200, "cells"), "Cells left free at the right edge", defaults.margin),
  padding: setting(
    wholeNumber(0, 50, "cells"),
    "statusLine.padding as in Claude Code's settings",
    defaults.padding,
  ),
  segments: setting(segments, "Settings of segments, by name"),
  refresh: setting(refresh, "Maximum age of a gathered part before it is gathered again"),
  commands: setting(
    z.record(commandName, command),
    'Your own commands, shown by the segment "command:NAME"; run in the background only',
  ),
  prices: setting(z.record(z.string().min(1), price), "Prices of models, by id"),
  billing: setting(
    object({ source: oneOf(COST_SOURCES).meta({ default: defaults.billing.source }) }),
    "Where costs come from",
  ),
} satisfies Record<keyof Config, z.ZodType>;

const PRESET = setting(oneOf(PRESET_NAMES), "The line to start from", "default");

/** The whole file. */
export const CONFIG = object({
  $schema: z.string().describe("Where the JSON Schema of this file is, for editors").optional(),
  preset: PRESET,
  ...SETTINGS,
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
      // zod omits the default of what it transforms, since it takes it for the result's: ours are as written.
      override: ({ zodSchema, jsonSchema }) => {
        const written = z.globalRegistry.get(zodSchema)?.default;
        if (written !== undefined) jsonSchema.default ??= written as never;
        if (zodSchema === PRESET) {
          delete jsonSchema.enum;
          // Former names are valid, but editors should not offer them.
          jsonSchema.anyOf = [{ enum: PRESET_NAMES }, { enum: FORMER_PRESET_NAMES, deprecated: true }];
        }
      },
    }),
    title: "Plimsoll: config.json",
  };
}
