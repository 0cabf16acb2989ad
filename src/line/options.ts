/**
 * A segment's own options: specified once, beside the segment; the configuration's checks, its JSON Schema and the
 * documentation follow from that. What is read here was checked by `config/`; what is nevertheless wrong is passed over.
 */

import type { SegmentConfig } from "../config/config.ts";
import type { LevelSpec, Levels } from "./level.ts";

/** One option of a segment. Its kind follows from its default; `choices` makes it one of a few words. */
export type OptionSpec =
  | { readonly default: boolean; readonly about: string }
  | { readonly default: number; readonly about: string; readonly min: number; readonly max: number }
  | { readonly default: string; readonly about: string; readonly choices?: readonly string[] };

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

type ValueOf<Spec extends OptionSpec> = Spec extends { choices: readonly (infer Choice)[] }
  ? Choice
  : Spec extends { default: boolean }
    ? boolean
    : Spec extends { default: number }
      ? number
      : string;

/** The values in force: each option of the specification, and the levels (never reached when there are none). */
export type OptionValues<Specs extends OptionSpecs> = {
  readonly [Name in keyof Specs]: ValueOf<Specs[Name]>;
} & {
  readonly levels: Levels;
};

const NO_OPTIONS: OptionSpecs = {};
const NO_LEVELS: Levels = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];

/** The options in force: the settings' where they fit the specification, else the defaults. */
export function resolveOptions(
  specs: OptionSpecs | undefined,
  levels: LevelSpec | undefined,
  config: SegmentConfig | undefined,
): OptionValues<OptionSpecs> {
  const values: Record<string, unknown> = {
    levels: config?.levels ?? (levels === undefined ? NO_LEVELS : [levels.warn, levels.critical]),
  };
  for (const name of Object.keys(specs ?? NO_OPTIONS)) {
    const spec = specs?.[name] as OptionSpec;
    const given = config?.[name];
    values[name] = fits(spec, given) ? given : spec.default;
  }
  return values as OptionValues<OptionSpecs>;
}

function fits(spec: OptionSpec, value: unknown): boolean {
  if (typeof value !== typeof spec.default) return false;
  if ("choices" in spec && spec.choices !== undefined) return spec.choices.includes(value as string);
  if ("min" in spec) return (value as number) >= spec.min && (value as number) <= spec.max;
  return true;
}
