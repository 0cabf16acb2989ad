/** Drawing one segment, as plain text, in a terminal with room for it. */

import { type Config, DEFAULT_CONFIG, type SegmentConfig } from "../../src/config/config.ts";
import type { Context, Terminal } from "../../src/line/context.ts";
import { drawLine } from "../../src/line/layout/line.ts";
import { SAMPLE_NOW, type SampleName, sampleContext } from "../../src/line/samples.ts";

export const WIDE: Terminal = { cells: 300, colors: 0, links: false, background: "unknown" };

/** Inputs besides the context: the options of the segment, and other configuration. */
export interface Given extends Partial<Omit<Context, "config">> {
  readonly sample?: SampleName;
  readonly options?: SegmentConfig;
  readonly config?: Partial<Config>;
}

/**
 * What a line shows that has only this segment.
 * @param given what differs from the sample session (by default the busy one)
 * @returns its text, or undefined when it is absent
 */
export function draw(reference: string, given: Given = {}): string | undefined {
  const { sample = "busy", options, config, terminal = WIDE, ...context } = given;
  const base = sampleContext(sample, terminal, {
    ...DEFAULT_CONFIG,
    ...config,
    rows: [{ left: [reference] }],
    ...(options === undefined ? {} : { segments: { [reference]: options } }),
  });
  const { rows, outcomes } = drawLine({ ...base, ...context }, () => 0);
  if (outcomes[0]?.error !== undefined) throw new Error(outcomes[0].error);
  return outcomes[0]?.placed === undefined ? undefined : rows[0];
}

/** The busy session's payload with some fields replaced; a field set to undefined is absent. */
export function payload(over: Partial<Context["payload"]>): Context["payload"] {
  return { ...sampleContext("busy", WIDE).payload, ...over };
}

/** The short form: what is left of the segment where there is hardly room. */
export const drawShort = (reference: string, cells: number, given: Given = {}): string | undefined =>
  draw(reference, { ...given, terminal: { ...WIDE, cells } });

/** Unix milliseconds, from the sample's instant. */
export const fromNow = (ms: number): number => SAMPLE_NOW + ms;
