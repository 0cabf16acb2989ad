import { expect, test } from "bun:test";
import { type Config, DEFAULT_CONFIG } from "../../../src/config/config.ts";
import { form } from "../../../src/line/layout/layout.ts";
import { drawLine, renderLine } from "../../../src/line/layout/line.ts";
import { sampleContext } from "../../../src/line/samples.ts";
import { WIDE } from "../draw.ts";

function rows(cells: number, config: Partial<Config> = {}, height?: number) {
  const terminal = { ...WIDE, cells, ...(height === undefined ? {} : { rows: height }) };
  return renderLine(sampleContext("busy", terminal, { ...DEFAULT_CONFIG, ...config }));
}

test("drops details before segments, the least important first, and only if the row is too long", () => {
  const config = { rows: [{ left: ["model", "directory", "git", "cost", "turns"] }] };
  const widths = [80, 61, 54, 45, 30, 20, 10, 4, 1];
  expect(widths.map((cells) => rows(cells, config).join("\n"))).toMatchInlineSnapshot(`
    [
      "Sonnet 5.5 · ~/proj · main +2 ~1 ?3 ↑2 ≡1 · $1.83 · 12 turns",
      "Sonnet 5.5 · ~/proj · main +2 ~1 ?3 ↑2 ≡1 · $1.83 · 12 turns",
      "Sonnet 5.5 · ~/proj · main +2 ~1 ?3 ↑2 ≡1 · $1.83",
      "Sonnet 5.5 · ~/proj · main* · $1.83 · 12t",
      "Sonnet 5.5 · main* · $1.83",
      "Sonnet 5.5 · $1.83",
      "Sonnet 5.5",
      "Son…",
      "S",
    ]
  `);
});

test("the right side ends at the edge, and is shortened like the left one", () => {
  const config = { rows: [{ left: ["directory"], right: ["clock", "version"] }] };
  expect(rows(40, config)).toEqual(["~/proj                  14:05 · v2.1.330"]);
  expect(rows(20, config)).toEqual(["~/proj         14:05"]);
  expect(rows(9, config)).toEqual(["~/proj"]);
  // Claude Code trims spaces from the start of a row; a blank of braille stays.
  expect(rows(20, { rows: [{ left: [], right: ["clock"] }] })).toEqual(["\u2800              14:05"]);
});

test("a low screen has fewer rows, with the important segments of all", () => {
  expect(rows(40, {}, 50)).toHaveLength(2);
  expect(rows(40, {}, 8)).toMatchInlineSnapshot(`
    [
      "Sonnet 5.5 · main* · ━─── 21% · $1.83",
    ]
  `);
});

test("a configured priority decides what is dropped", () => {
  const config = (directory: number) => ({
    rows: [{ left: ["directory", "cost"] }],
    segments: { directory: { priority: directory } },
  });
  expect(rows(7, config(1))).toEqual(["$1.83"]);
  expect(rows(7, config(99))).toEqual(["~/proj"]);
});

test("empty rows are skipped, but there is always one", () => {
  expect(rows(40, { rows: [{ left: ["vim"] }, { left: ["cost"] }] })).toEqual(["$1.83"]);
  expect(rows(40, { rows: [{ left: ["vim"] }] })).toEqual(["plimsoll"]);
  expect(rows(3, { rows: [] })).toEqual(["pli"]);
  expect(rows(40, { rows: [{ left: ["no-such-segment", "cost"] }] })).toEqual(["$1.83"]);
});

test("a segment that throws costs its own text only", () => {
  const context = sampleContext("busy", WIDE, { ...DEFAULT_CONFIG, rows: [{ left: ["cost", "turns"] }] });
  const broken = {
    ...context,
    session: {
      parts: {
        transcript: {
          value: {
            get turns() {
              throw new Error("torn");
            },
          },
        },
      },
    } as never,
  };
  const { rows, outcomes } = drawLine(broken, () => 0);
  expect(rows).toEqual(["$1.83 · turns ×"]);
  expect(outcomes[1]?.error).toBe("torn");
});

test("draws for a width of zero or an invalid one", () => {
  for (const cells of [0, -5, Number.NaN, 0.5]) expect(rows(cells)[0]).toHaveLength(1);
});

test("a span that is not text fails when it is measured, also behind a visible one", () => {
  const role = "text";
  expect(() =>
    form([
      { text: "a", role },
      { text: 7 as never, role },
    ]),
  ).toThrow();
});
