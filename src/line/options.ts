/**
 * A segment's options. They are declared in the segment; the checks of the configuration, its JSON Schema and the
 * documentation are derived from that. Invalid values are ignored here: `config-file/` reports them.
 */

import type { SegmentConfig } from "../config/config.ts";
import type { LevelSpec, Levels } from "./level.ts";

/** The type of an option is that of its default; with `choices`, it is one of them. */
export type SegmentOption =
  | { readonly default: boolean; readonly about: string }
  | { readonly default: number; readonly about: string; readonly min: number; readonly max: number }
  | { readonly default: string; readonly about: string; readonly choices?: readonly string[] };

export type SegmentOptions = Readonly<Record<string, SegmentOption>>;

type ValueOf<Spec extends SegmentOption> = Spec extends { choices: readonly (infer Choice)[] }
  ? Choice
  : Spec extends { default: boolean }
    ? boolean
    : Spec extends { default: number }
      ? number
      : string;

/** The value of each option, and the levels: never reached when the segment has none. */
export type OptionValues<Specs extends SegmentOptions> = {
  readonly [Name in keyof Specs]: ValueOf<Specs[Name]>;
} & {
  readonly levels: Levels;
};

const NO_OPTIONS: SegmentOptions = {};
const NO_LEVELS: Levels = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];

/** The configured values where they are valid, else the defaults. */
export function resolveOptions(
  specs: SegmentOptions | undefined,
  levels: LevelSpec | undefined,
  config: SegmentConfig | undefined,
): OptionValues<SegmentOptions> {
  const values: Record<string, unknown> = {
    levels: config?.levels ?? (levels === undefined ? NO_LEVELS : [levels.warn, levels.critical]),
  };
  for (const name of Object.keys(specs ?? NO_OPTIONS)) {
    const spec = specs?.[name] as SegmentOption;
    const given = config?.[name];
    values[name] = fits(spec, given) ? given : spec.default;
  }
  return values as OptionValues<SegmentOptions>;
}

function fits(spec: SegmentOption, value: unknown): boolean {
  if (typeof value !== typeof spec.default) return false;
  if ("choices" in spec && spec.choices !== undefined) return spec.choices.includes(value as string);
  if ("min" in spec) return (value as number) >= spec.min && (value as number) <= spec.max;
  return true;
}
