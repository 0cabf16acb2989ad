import { expect, test } from "bun:test";
import { type Config, DEFAULT_CONFIG } from "../../../src/config/config.ts";
import type { ColorDepth, Context } from "../../../src/line/context.ts";
import { renderLine } from "../../../src/line/layout/line.ts";
import { type SampleName, sampleContext } from "../../../src/line/samples.ts";

const ROWS = [{ left: ["directory", "cost"], right: ["clock"] }];

function row(
  colors: ColorDepth,
  config: Partial<Config>,
  terminal: Partial<Context["terminal"]> = {},
  sample: SampleName = "busy",
): string {
  const context = sampleContext(
    sample,
    { cells: 40, colors, links: false, background: "dark", ...terminal },
    { ...DEFAULT_CONFIG, rows: ROWS, ...config },
  );
  return (renderLine(context)[0] as string).replaceAll("\x1b", "␛");
}

test("plain, in each depth of colour", () => {
  expect(([0, 16, 256, 16_777_216] as const).map((depth) => row(depth, {}))).toMatchInlineSnapshot(`
    [
      "~/proj · $1.83                     14:05",
      "␛[34m~/proj␛[39m · $1.83                     14:05␛[0m",
      "␛[38;5;117m~/proj␛[38;5;248m · ␛[38;5;255m$1.83                     ␛[38;5;252m14:05␛[0m",
      "␛[38;2;143;199;255m~/proj␛[38;2;164;170;180m · ␛[38;2;230;233;239m$1.83                     ␛[38;2;195;202;214m14:05␛[0m",
    ]
  `);
});

test("warnings are bold in plain style, to the end of the figure, however it is cut", () => {
  const config = {
    rows: [{ left: ["context", "seven-day", "cost"] }],
    bar: { ...DEFAULT_CONFIG.bar, cells: 0 },
    icons: "ascii",
  };
  const near = (colors: ColorDepth, cells: number, over: Partial<Config> = {}) =>
    row(colors, { ...config, ...over }, { cells }, "near");
  expect([near(16, 60), near(256, 60), near(16, 20), near(16, 5), near(0, 60)]).toMatchInlineSnapshot(`
    [
      "␛[1;31m93%!!␛[22;39m 932k/1M | 7d ␛[1;33m78%!␛[22;39m reset 3d7h | $123␛[0m",
      "␛[1;38;5;210m93%!!␛[22;38;5;248m 932k/1M | 7d ␛[1;38;5;221m78%!␛[22;38;5;248m reset 3d7h | ␛[38;5;255m$123␛[0m",
      "␛[1;31m93%!!␛[22;39m 932k/1M | $123␛[0m",
      "␛[1;31m93%!!␛[0m",
      "93%!! 932k/1M | 7d 78%! reset 3d7h | $123",
    ]
  `);
  expect(near(16, 60, { style: "powerline" })).not.toContain("[1;");
});

test("powerline and capsules, with colours and without", () => {
  const looks = [];
  for (const style of ["powerline", "capsule"] as const)
    for (const icons of ["unicode", "nerd", "ascii"] as const)
      looks.push(row(0, { style, icons }), row(256, { style, icons }));
  expect(looks).toMatchInlineSnapshot(`
    [
      " ~/proj › $1.83 ›               ‹ 14:05 ",
      "␛[38;5;231;48;5;24m ~/proj ␛[38;5;24;48;5;241m▌ ␛[38;5;231m$1.83 ␛[38;5;241;49m▌               ␛[38;5;240m▐␛[38;5;231;48;5;240m 14:05 ␛[0m",
      "  ~/proj  $1.83              14:05 ",
      "␛[38;5;231;48;5;24m  ~/proj ␛[38;5;24;48;5;241m ␛[38;5;231m$1.83 ␛[38;5;241;49m           ␛[38;5;240m␛[38;5;231;48;5;240m  14:05 ␛[0m",
      " ~/proj > $1.83 >               < 14:05 ",
      "␛[38;5;231;48;5;24m ~/proj ␛[38;5;24;48;5;241m> ␛[38;5;231m$1.83 ␛[38;5;241;49m>               ␛[38;5;240m<␛[38;5;231;48;5;240m 14:05 ␛[0m",
      "(~/proj) ($1.83)                 (14:05)",
      "␛[38;5;24m▐␛[38;5;231;48;5;24m~/proj␛[38;5;24;49m▌ ␛[38;5;241m▐␛[38;5;231;48;5;241m$1.83␛[38;5;241;49m▌                 ␛[38;5;240m▐␛[38;5;231;48;5;240m14:05␛[38;5;240;49m▌␛[0m",
      " ~/proj $1.83              14:05",
      "␛[38;5;24m␛[38;5;231;48;5;24m ~/proj␛[38;5;24;49m ␛[38;5;241m␛[38;5;231;48;5;241m$1.83␛[38;5;241;49m             ␛[38;5;240m␛[38;5;231;48;5;240m 14:05␛[38;5;240;49m␛[0m",
      "[~/proj] [$1.83]                 [14:05]",
      "␛[38;5;24m[␛[38;5;231;48;5;24m~/proj␛[38;5;24;49m] ␛[38;5;241m[␛[38;5;231;48;5;241m$1.83␛[38;5;241;49m]                 ␛[38;5;240m[␛[38;5;231;48;5;240m14:05␛[38;5;240;49m]␛[0m",
    ]
  `);
});

test("the joint between segments of one colour is visible", () => {
  expect(row(16, { style: "powerline", rows: [{ left: ["cost", "today"] }] })).toMatchInlineSnapshot(
    `"␛[30;47m $1.83 › today $12.34 ␛[37;49m▌␛[0m"`,
  );
});

test("joints stay whole when segments drop out", () => {
  const config = { style: "capsule", rows: [{ left: ["directory", "git", "cost", "turns"] }] } as const;
  expect([60, 30, 20, 12, 6, 3].map((cells) => row(0, config, { cells }))).toMatchInlineSnapshot(`
    [
      "(~/proj) (main +2 ~1 ?3 ↑2 ≡1) ($1.83) (12 turns)",
      "(~/proj) (main*) ($1.83) (12t)",
      "(main*) ($1.83)",
      "($1.83)",
      "($1.…)",
      "$1…",
    ]
  `);
});

test("configured colours override the theme's, and invalid ones are ignored", () => {
  expect(row(16_777_216, { colors: { directory: "#010203" }, rows: [{ left: ["directory"] }] })).toBe(
    "␛[38;2;1;2;3m~/proj␛[0m",
  );
  expect(row(16_777_216, { colors: { directory: "red" }, rows: [{ left: ["directory"] }] })).toBe(
    row(16_777_216, { rows: [{ left: ["directory"] }] }),
  );
});

test("the terminal's own colours on an unknown background", () => {
  expect(row(16_777_216, { rows: [{ left: ["directory"] }] }, { background: "unknown" })).toBe(
    "␛[34m~/proj␛[0m",
  );
});

test("a configured separator is cleaned", () => {
  expect(row(0, { separator: " \x1b[31m| ", rows: [{ left: ["directory", "cost"] }] })).toBe(
    "~/proj | $1.83",
  );
});
