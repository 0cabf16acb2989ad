/** Every preset and style at several widths. A change of looks shows as a diff of test/line/goldens/. */
import { expect, test } from "bun:test";
import { PRESET_NAMES } from "../../src/config-file/presets.ts";
import { readConfig } from "../../src/config-file/read.ts";
import { renderLine } from "../../src/line/layout/line.ts";
import { SAMPLE_NAMES, sampleContext } from "../../src/line/samples.ts";
import { goldens } from "../helpers/golden.ts";
import { WIDE } from "./draw.ts";

const golden = goldens(import.meta.dir);
const STYLES = ["plain", "powerline", "capsule"] as const;
/** Columns of the terminal; the client keeps four of them. */
const COLUMNS = [40, 60, 80, 120, 200];

function screens(preset: string, style: string): string {
  const read = readConfig(JSON.stringify({ preset, style, icons: style === "plain" ? "unicode" : "ascii" }));
  if ("errors" in read) throw new Error(JSON.stringify(read.errors));
  const lines: string[] = [];
  for (const columns of COLUMNS)
    for (const sample of SAMPLE_NAMES) {
      lines.push(`── ${columns} columns, ${sample}`);
      lines.push(...renderLine(sampleContext(sample, { ...WIDE, cells: columns - 4 }, read.config)));
    }
  return `${lines.join("\n")}\n`;
}

const all = PRESET_NAMES.flatMap((preset) => STYLES.map((style) => [preset, style] as const));

test.each(all)("preset %s in style %s looks as it did", (preset, style) => {
  golden.expect(`${preset}-${style}`, screens(preset, style));
});

test("no golden is left over", () => {
  expect(golden.names()).toEqual(all.map(([preset, style]) => `${preset}-${style}`).sort());
});
