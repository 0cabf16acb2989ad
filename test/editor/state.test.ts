import { expect, test } from "bun:test";
import { PassThrough } from "node:stream";
import { DEFAULT_CONFIG } from "../../src/config/config.ts";
import { type Key, onKeys } from "../../src/editor/keys.ts";
import {
  cursorRow,
  type Draft,
  type EditorState,
  FIELDS,
  isChanged,
  press,
  segmentsAt,
  start,
} from "../../src/editor/state.ts";
import { type Screen, view } from "../../src/editor/view.ts";
import { forAll } from "../helpers/random.ts";

const DRAFT: Draft = {
  preset: "default",
  theme: "auto",
  style: "plain",
  icons: "unicode",
  bar: { shape: "slant", cells: 10 },
  rows: [{ left: ["model", "git"] }, { left: ["cost"], right: ["clock"] }],
};
const typed = (...keys: string[]): EditorState => keys.reduce(press, start(DRAFT));
const times = (count: number, key: string): string[] => Array.from({ length: count }, () => key);
const toRows = times(FIELDS.length, "down");
const screen = (columns: number, rows: number): Screen => ({
  columns,
  rows,
  terminal: { cells: Math.max(1, columns - 4), colors: 256, links: false, background: "dark" },
  config: DEFAULT_CONFIG,
  path: "/home/dev/.config/plimsoll/config.json",
});

test("left and right cycle through the choices of a field", () => {
  expect(typed("down", "down", "right", "right", "right").draft.style).toBe("plain");
  expect(typed("down", "down", "left").draft.style).toBe("capsule");
  expect(typed("right").draft).toMatchObject({ preset: "minimal", bar: { cells: 6 } });
  expect(typed(...times(5, "down"), ...times(20, "left")).draft.bar.cells).toBe(0);
});

test("segments are chosen, moved, removed and added", () => {
  expect(typed(...toRows, ">").draft.rows[0]?.left).toEqual(["git", "model"]);
  expect(typed(...toRows, "right", "x").draft.rows[0]?.left).toEqual(["model"]);
  expect(typed(...toRows, "x", "x", "x").draft.rows[0]?.left).toEqual([]);
  expect(typed(...toRows, "a", "down", "enter").draft.rows[0]?.left).toEqual(["model", "effort", "git"]);
  expect(typed(...toRows, "a", "down", "escape").draft).toEqual(DRAFT);
  expect(typed(...toRows, "down", "a", "enter").draft.rows[0]).toEqual({
    left: ["model", "git"],
    right: ["model"],
  });
  expect(typed(...toRows, ...times(3, "down"), "x").draft.rows[1]).toEqual({ left: ["cost"] });
});

test("rows are added and deleted, except the last one", () => {
  expect(typed(...toRows, "n").draft.rows.map(({ left }) => left.length)).toEqual([2, 0, 1]);
  expect(typed(...toRows, "d").draft.rows).toEqual([{ left: ["cost"], right: ["clock"] }]);
  expect(typed(...toRows, "d", "d").draft.rows).toHaveLength(1);
  expect(typed(...toRows, ...times(30, "n")).draft.rows.length).toBeLessThanOrEqual(8);
});

test("saving and quitting ask for confirmation only when something changed", () => {
  expect(typed("s").asking).toBeUndefined();
  expect(typed("q").outcome).toBe("left");
  expect(typed("right", "q").asking).toBe("leave");
  expect(typed("right", "q", "n").outcome).toBeUndefined();
  expect(typed("right", "q", "y").outcome).toBe("left");
  expect(typed("right", "s").asking).toBe("save");
  expect(typed("right", "s", "y").outcome).toBe("saved");
  expect(isChanged(typed("right", "left"))).toBe(true); // a preset brings its rows with it
  expect(isChanged(typed("down", "right", "left"))).toBe(false);
});

/** The first `count` keys of what a terminal sends, in pieces. */
async function keysOf(pieces: readonly string[], count: number): Promise<Key[]> {
  const input = new PassThrough();
  const keys: Key[] = [];
  const stop = onKeys(input, (key) => keys.push(key));
  for (const piece of pieces) input.write(piece);
  while (keys.length < count) await Bun.sleep(1);
  stop();
  return keys;
}

test("bytes become keys, whole sequences at a time", async () => {
  const arrows = ["up", "down", "right", "left", "delete"];
  expect(await keysOf(["\x1b[A\x1bOB\x1b[C\x1b[D\x1b[3~"], 5)).toEqual(arrows);
  expect(await keysOf(["\x1b", "[A\x1bO", "B\x1b[", "C\x1b[D\x1b[3", "~"], 5)).toEqual(arrows);
  expect(await keysOf(["aß<\r\t \x7f\x03\x1b"], 9)).toEqual([
    "a",
    "ß",
    "<",
    "enter",
    "tab",
    "space",
    "delete",
    "ctrl-c",
    "escape",
  ]);
  expect(await keysOf(["\x1b[1;5Z\x00\u{1f600}."], 1)).toEqual(["."]);
});

test("the user's own commands can be added as segments", () => {
  let state = start(DRAFT, ["weather", "build"]);
  const names = state.choices.map(({ name }) => name);
  expect(names.filter((name) => name.startsWith("command:"))).toEqual(["command:weather", "command:build"]);
  expect(start(DRAFT).choices.some(({ name }) => name.startsWith("command"))).toBe(false);
  while (!cursorRow(state)) state = press(state, "down");
  state = press(state, "a");
  for (let index = 0; index < names.indexOf("command:build"); index++) state = press(state, "down");
  state = press(state, "enter");
  expect(segmentsAt(state)[state.column]).toBe("command:build");
});

test("for any keys, the screen fits the terminal and the draft stays valid", () => {
  const keys = [
    "up",
    "down",
    "left",
    "right",
    "enter",
    "a",
    "x",
    "<",
    ">",
    "n",
    "d",
    "tab",
    "space",
    "s",
    "n",
    "q",
    "z",
  ];
  forAll(60, (random) => {
    const [columns, rows] = [1 + random.below(140), 1 + random.below(50)];
    let state = start(DRAFT);
    for (let left = 60; left > 0 && !state.outcome; left--) {
      state = press(state, random.pick(keys));
      const lines = view(state, screen(columns, rows));
      expect(lines.length).toBeLessThanOrEqual(rows);
      for (const line of lines) expect(Bun.stringWidth(line), line).toBeLessThanOrEqual(columns);
    }
    expect(state.draft.rows.length).toBeGreaterThan(0);
  });
});
