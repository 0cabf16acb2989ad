import { expect, test } from "bun:test";
import type { Terminal } from "../../../src/line/context.ts";
import { onGround } from "../../../src/line/look/ground.ts";

const terminal = (over: Partial<Terminal> = {}): Terminal => ({
  cells: 10,
  colors: 16_777_216,
  links: false,
  background: "dark",
  ...over,
});
const FG = "38;2;32;32;32";
const BG = "48;2;250;250;250";

test("a light theme in a dark terminal gets a light background, to the width of the terminal", () => {
  expect(onGround("abc", "harbor-light", terminal())).toBe(
    `\x1b[${FG};${BG}mabc\x1b[${FG};${BG}m       \x1b[0m`,
  );
});
test("the terminal's own colours become those of the background, colours of the row stay", () => {
  const row = "\x1b[1;38;2;39;0;49mab\x1b[39;49mc\x1b[48;5;0md\x1b[0m";
  expect(onGround(row, "paper-light", terminal({ cells: 4 }))).toBe(
    `\x1b[${FG};${BG}m\x1b[1;38;2;39;0;49mab\x1b[${FG};${BG}mc\x1b[48;5;0md\x1b[0;${FG};${BG}m\x1b[${FG};${BG}m\x1b[0m`,
  );
});
test("links take no cells", () => {
  const row = "\x1b]8;;https://example.com\x1b\\ab\x1b]8;;\x1b\\";
  expect(onGround(row, "harbor-light", terminal({ cells: 4 }))).toEndWith("m  \x1b[0m");
});
test("an unknown background is painted for both kinds of theme", () => {
  const unknown = terminal({ background: "unknown" });
  expect(onGround("a", "harbor-light", unknown)).toContain(BG);
  expect(onGround("a", "harbor-dark", unknown)).toContain("48;2;30;30;30");
  expect(onGround("a", "harbor-dark", terminal({ background: "unknown", colors: 256 }))).toContain("48;5;");
});
test("nothing is painted for the terminal's own background, its own colours, few colours or none", () => {
  for (const [name, over] of [
    ["harbor-dark", {}],
    ["harbor-light", { background: "light" }],
    ["auto", {}],
    ["auto", { background: "unknown" }],
    ["terminal", { background: "unknown" }],
    ["no such theme", {}],
    ["harbor-light", { colors: 16 }],
    ["harbor-light", { colors: 0 }],
  ] as const)
    expect(onGround("\x1b[32mabc\x1b[0m", name, terminal(over)), name).toBe("\x1b[32mabc\x1b[0m");
});
