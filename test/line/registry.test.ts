/** The registries are what the documentation, the editor and the configuration are made from. */
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_CONFIG } from "../../src/config/config.ts";
import { drawLine } from "../../src/line/layout/line.ts";
import { BAR_SHAPES, bar } from "../../src/line/look/bar.ts";
import { SAMPLE_NAMES, sampleContext } from "../../src/line/samples.ts";
import { ROLES } from "../../src/line/segment.ts";
import { findSegment, SEGMENTS } from "../../src/line/segments/index.ts";

import { PARTS } from "../../src/state/parts.ts";
import { WIDE } from "./draw.ts";

describe.each(SEGMENTS.map((segment) => [segment.name, segment] as const))("segment %s", (name, segment) => {
  test("says what it shows, where from, and when it is absent", () => {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(segment.about).toMatch(/^[A-Z].{10,130}[^.]$/);
    expect(segment.source).toMatch(/^(payload |state |\.git|the )/);
    expect(segment.absent).toMatch(/^[a-z].{5,}[^.]$/);
    expect(segment.priority).toBeWithin(0, 101);
    if (segment.source.includes("state ") && segment.part) expect(Object.keys(PARTS)).toContain(segment.part);
    for (const [option, { about }] of Object.entries(segment.options ?? {})) {
      expect(option).toMatch(/^[a-z][A-Za-z]*$/);
      expect(about.length).toBeGreaterThan(5);
    }
  });
  test("is found by its name, has a file and a test of that name", () => {
    expect(findSegment(segment.argument === undefined ? name : `${name}:x`)?.segment).toBe(segment);
    expect(existsSync(join(import.meta.dir, `../../src/line/segments/${name}.ts`))).toBe(true);
    expect(existsSync(join(import.meta.dir, `segments/${name}.test.ts`))).toBe(true);
  });
  test("shows only roles that themes know, and a short form that is shorter", () => {
    for (const sample of SAMPLE_NAMES) {
      const reference = segment.argument === undefined ? name : `${name}:weather`;
      const context = sampleContext(sample, WIDE, { ...DEFAULT_CONFIG, rows: [{ left: [reference] }] });
      const outcome = drawLine(context, () => 0).outcomes[0];
      expect(outcome?.error).toBeUndefined();
      for (const span of outcome?.placed?.spans ?? []) expect(ROLES).toContain(span.role);
    }
  });
});

test("no two segments have one name", () =>
  expect(new Set(SEGMENTS.map(({ name }) => name)).size).toBe(SEGMENTS.length));

test("names of Object.prototype are not segments", () => {
  for (const name of ["constructor", "__proto__", "", "text", "command", "model:x"])
    expect(findSegment(name)).toBeUndefined();
});

test("every bar shape fills its cells exactly, and looks full or empty only when it is", () => {
  for (const shape of BAR_SHAPES)
    for (const cells of [0, 1, 2, 5, 10, 33])
      for (const percent of [Number.NaN, -5, 0, 0.001, 7, 50, 99.999, 100, 1e9]) {
        const { filled, rest } = bar(percent, cells, shape);
        const says = `${shape} ${cells} ${percent}: ${filled}${rest}`;
        expect(Bun.stringWidth(filled + rest), says).toBe(cells);
        const [empty, full] = [bar(0, cells, shape), bar(100, cells, shape)];
        if (cells > 1 && percent > 0 && percent < 100) {
          expect(filled + rest, says).not.toBe(empty.filled + empty.rest);
          expect(filled + rest, says).not.toBe(full.filled + full.rest);
        }
      }
});
