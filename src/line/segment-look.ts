/** How a segment looks: drawn alone, in the first sample session that has it. For the editor and `plimsoll segments`. */
import type { Config } from "../config/config.ts";
import type { Terminal } from "./context.ts";
import { drawLine } from "./layout/line.ts";
import { SAMPLE_NAMES, type SampleName, sampleContext } from "./samples.ts";

/** The busy session first: its segments have the most to show. */
const ORDER: readonly SampleName[] = ["busy", ...SAMPLE_NAMES.filter((name) => name !== "busy")];

/** Arguments for segments that are named without one. The samples have the output of this command. */
const EXAMPLES: Readonly<Record<string, string>> = { command: "command:weather", text: "text:hello" };

/**
 * Draw one segment in the theme and options of a configuration, without the joints of its style.
 * @param reference as in rows: "model", "command:weather"; "command" and "text" alone mean an example
 * @param terminal its width is the most that the segment takes; its colours decide whether there are escape codes
 * @returns a row, or undefined for a segment that is unknown or absent in every sample
 */
export function segmentLook(reference: string, config: Config, terminal: Terminal): string | undefined {
  const name = reference.endsWith(":") ? reference.slice(0, -1) : reference;
  const shown = Object.hasOwn(EXAMPLES, name) ? (EXAMPLES[name] as string) : reference;
  const alone: Config = { ...config, style: "plain", rows: [{ left: [shown] }] };
  for (const sample of ORDER) {
    const context = sampleContext(sample, terminal, alone);
    // An error of the configuration would add the segment that reports it.
    const { rows, outcomes } = drawLine(
      shown === "health" ? context : { ...context, configError: undefined },
      () => 0,
    );
    if (outcomes[0]?.placed !== undefined) return rows[0];
  }
  return undefined;
}
