/**
 * How the line looks, kept as text: every preset and style at several widths. A change of looks shows as a diff of
 * test/line/goldens/; after looking at it, `PLIMSOLL_UPDATE_GOLDENS=1 bun test test/line/goldens.test.ts` keeps it.
 */
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PRESET_NAMES } from "../../src/config-file/presets.ts";
import { readConfig } from "../../src/config-file/read.ts";
import { renderLine } from "../../src/line/layout/line.ts";
import { SAMPLE_NAMES, sampleContext } from "../../src/line/samples.ts";
import { WIDE } from "./draw.ts";

const FOLDER = join(import.meta.dir, "goldens");
const UPDATE = process.env.PLIMSOLL_UPDATE_GOLDENS === "1";
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
  const path = join(FOLDER, `${preset}-${style}.golden.txt`);
  const now = screens(preset, style);
  if (UPDATE) {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(path, now);
  }
  expect(existsSync(path) ? readFileSync(path, "utf8") : "").toBe(now);
});

test("there is no golden that nothing draws", () => {
  expect(readdirSync(FOLDER).sort()).toEqual(
    all.map(([preset, style]) => `${preset}-${style}.golden.txt`).sort(),
  );
});
