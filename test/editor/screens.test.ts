import { expect, test } from "bun:test";
import { initialConfig } from "../../src/config-file/initial.ts";
import { readConfig } from "../../src/config-file/read.ts";
import { activeBindings } from "../../src/editor/bindings.ts";
import { bindingsOf, press } from "../../src/editor/modes/index.ts";
import { type EditorState, modeOf, open } from "../../src/editor/state.ts";
import { view } from "../../src/editor/view/index.ts";
import { previewDocument } from "../../src/editor/view/preview.ts";
import { renderLine } from "../../src/line/layout/line.ts";
import { sampleContext } from "../../src/line/samples.ts";
import { forAll } from "../helpers/random.ts";
import { opened, pressed, screenOf, shown, TEXT, textOf, times } from "./editing.ts";

const FRESH = initialConfig("default", "./config.schema.json");

const PLAN = {
  refresh: 10,
  path: "/home/dev/.claude/settings.json",
  present: "none",
  diff: ["+ {", "+ }"],
} as const;

/** Every screen, by name. */
const SCREENS: Readonly<Record<string, () => EditorState>> = {
  "a segment": () => opened(FRESH),
  "an empty side": () => pressed(opened(FRESH), "end"),
  "a setting": () => pressed(opened(FRESH), ...times(5, "down")),
  "the preset": () => pressed(opened(TEXT), ...times(2, "down")),
  picker: () => pressed(opened(FRESH), "a"),
  filter: () => pressed(opened(FRESH), "a", "=c"),
  choices: () => pressed(opened(FRESH), ...times(3, "down"), "enter"),
  options: () => pressed(opened(FRESH), "enter"),
  "a field": () => pressed(opened(FRESH), "a", "=text:", "enter"),
  save: () => pressed(opened(FRESH), "x", "s"),
  leave: () => pressed(opened(FRESH), "x", "q"),
  help: () => pressed(opened(FRESH), "?"),
  install: () => open(opened(FRESH), { name: "install", plan: PLAN, scroll: 0 }),
};

for (const [name, state] of Object.entries(SCREENS))
  test(`${name}: every key is on the screen at 60, 80 and 100 columns, the way out first`, () => {
    const before = state();
    for (const columns of [60, 80, 100]) {
      const lines = shown(before, columns, 20).split("\n");
      const bindings = activeBindings(bindingsOf(before), before);
      const text = lines.join("\n");
      for (const { label, about } of bindings)
        expect(text, `${columns} columns`).toContain(`${label} ${about}`.trim());
      expect(text).not.toMatch(/…\s*$/);
    }
  });

test("save, leave, help, undo and sample come first", () => {
  for (const columns of [60, 80, 100, 200])
    expect(shown(opened(FRESH), columns, 20)).toContain(
      "\n s save  q leave  ? help  u U undo, redo  tab sample",
    );
});

test("the way out stays down to 40 columns and 12 rows", () => {
  for (const [name, state] of Object.entries(SCREENS)) {
    const before = state();
    const out = activeBindings(bindingsOf(before), before).find(({ keys }) => keys.includes("ctrl-c"));
    for (const [columns, rows] of [
      [40, 12],
      [40, 6],
      [60, 3],
    ] as const)
      expect(shown(before, columns, rows), `${name} ${columns}x${rows}`).toContain(
        `${out?.label} ${out?.about}`,
      );
  }
});

test("each key of each table does something, or says why not", () => {
  for (const [name, state] of Object.entries(SCREENS)) {
    const before = state();
    for (const { keys, label, when } of bindingsOf(before)) {
      if (when && !when(before)) continue;
      const acts = [before, pressed(before, "tab"), ...movedStates(before)].some((from) =>
        keys.some((key) => !Bun.deepEquals(press(from, key), from)),
      );
      expect(acts, `${name}: ${label}`).toBe(true);
    }
  }
});

/** The same screen, with the cursor elsewhere or something typed. */
const movedStates = (state: EditorState): EditorState[] =>
  ["down", "right", "a"]
    .map((key) => press(state, key))
    .filter((moved) => modeOf(moved)?.name === modeOf(state)?.name);

test("the help screen has every key of the screen below it", () => {
  for (const [name, state] of Object.entries(SCREENS)) {
    const before = state();
    const help = press(before, ["a field"].includes(name) ? "f1" : "?");
    if (modeOf(help)?.name !== "help" || name === "help") continue;
    const text = shown(help, 100, 120);
    for (const { label, help: sentence } of bindingsOf(before)) {
      expect(text, name).toContain(` ${label} `);
      expect(text.replaceAll(/\s+/g, " "), name).toContain(sentence);
    }
  }
});

test("the cursor is visible without colours", () => {
  const screen = screenOf(80, 24, 0);
  const lines = (state: EditorState) => view(state, screen).join("\n");
  expect(lines(opened())).toContain("› row 1  [model] git ┊ +");
  expect(lines(pressed(opened(), "a", "down"))).toContain("[effort]");
  expect(lines(pressed(opened(), "down", "down"))).toContain("[‹ default, own rows ›]");
  for (const state of Object.values(SCREENS)) expect(lines(state())).not.toContain("\x1b");
});

test("segments that the sample lacks, or that do not fit, say so", () => {
  const state = opened('{"rows": [["fast", "context"]]}');
  expect(shown(state)).toContain("not in this sample:");
  expect(shown(pressed(state, "right"))).not.toContain("not in this sample");
  const narrow = opened(JSON.stringify({ rows: [["cost", ...times(6, "tokens")]] }));
  expect(shown(pressed(narrow, "right", "right", "right"), 60).replaceAll(/\s+/g, " ")).toContain(
    "tokens: no room in row 1 at this width: ] moves it to a new row; priority 24, the lowest shown is 24",
  );
  expect(shown(narrow, 60)).toContain("dim: not shown");
  expect(view(narrow, screenOf(60, 24, 0)).join("\n")).toContain("[cost] (tokens) (tokens)");
});

test("a segment without room says so in the list of segments and after it was added", () => {
  const full = opened(JSON.stringify({ rows: [times(4, "tokens"), ["clock"]] }));
  const picker = pressed(full, "a", "=worktree");
  expect(shown(picker, 60)).not.toContain("no room");
  const chosen = pressed(full, "a", "=clock");
  expect(shown(chosen, 60)).toContain("no room in row 1 at this width: add it, then ] moves it to");
  expect(shown(chosen, 60)).toContain("the next row");
  expect(shown(chosen, 60)).toContain("esc clear filter");
  expect(shown(pressed(chosen, "escape"), 60)).toContain("esc back");
  expect(shown(pressed(full, "a", "=thinking"), 60)).toContain("not in this sample session");
  expect(shown(pressed(chosen, "enter"), 60)).toContain("clock: no room in row 1 at this width");
});

test("the lists say what a choice costs, and which segments are in the line already", () => {
  const state = opened(
    '{"rows": [["model", "git", "context", "cost", "turns", "tokens"]], "icons": "ascii"}',
  );
  expect(shown(pressed(state, "a", "=git"))).toContain("in the line already; enter adds it a second time");
  const styles = pressed(state, ...times(3, "down"), "enter", "=capsule");
  const lines = Array.from({ length: 60 }, (_, index) => shown(styles, 60 + index));
  expect(lines.some((text) => /no room any more: \w/.test(text))).toBe(true);
});

const KEYS = [
  ..."aixrcdnNCXuUoOskthjkl<>[]{}?q/ ",
  "up",
  "down",
  "down",
  "down",
  "left",
  "right",
  "right",
  "enter",
  "enter",
  "escape",
  "backspace",
  "delete",
  "tab",
  "shift-tab",
  "home",
  "end",
  "page-up",
  "page-down",
  "ctrl-s",
  "ctrl-c",
  "ctrl-u",
  "f1",
  "f9",
  "paste:git\x1b[31m\u202e漢",
].map((key) => (key === " " ? "space" : key));

/** Configurations in every form. */
const TEXTS = [
  TEXT,
  FRESH,
  "{}",
  "",
  '{"preset":"minimal","rows":[[]]}',
  '{"rows": [{"right": ["clock"]}, ["model",\r\n"git"], {"left": []}], "segments": {}}',
  '{"rows": [["git"]], "rows": [["model"]], "style": "plain", "style": "capsule"}',
];

test("for any keys: no exception, the screen fits, the text is valid, the preview is the line after saving", () => {
  forAll(20, (random) => {
    const [columns, rows] = [1 + random.below(140), 1 + random.below(50)];
    let state = opened(random.pick(TEXTS), {
      hasLastSession: true,
    });
    for (let left = 40; left > 0 && !state.outcome; left--) {
      const { effect: _, ...before } = press(state, random.pick(KEYS));
      state = before;
      const lines = view(state, screenOf(columns, rows, random.pick([0, 16, 256])));
      expect(lines.length).toBeLessThanOrEqual(rows);
      for (const line of lines) expect(Bun.stringWidth(line), line).toBeLessThanOrEqual(columns);
    }
    const read = readConfig(textOf(state));
    expect(read).toHaveProperty("config");
    // What the preview draws is what the saved text gives.
    const { modes: _, ...home } = state;
    const before: EditorState = { ...home, modes: [], sample: "near" };
    const wide = screenOf(150, 60);
    const { config } = previewDocument(before);
    const line =
      "config" in read ? renderLine(sampleContext("near", wide.terminalOf(read.config), read.config)) : [];
    expect(config).toEqual("config" in read ? read.config : config);
    const lines = view(before, wide).map((row) => Bun.stripANSI(row).trimEnd());
    for (const row of line) expect(lines).toContain(`  ${Bun.stripANSI(row)}`.trimEnd());
  });
});

test("after any changes, undoing all of them restores the text", () => {
  forAll(30, (random) => {
    const first = opened(random.pick(TEXTS));
    let state = first;
    for (let left = 30; left > 0 && !state.outcome; left--) {
      const { effect: _, outcome: __, ...before } = press(state, random.pick(KEYS));
      state = before;
    }
    let back: EditorState = { ...state, modes: [] };
    while (back.past.length > 0) back = press(back, "u");
    expect(textOf(back)).toBe(textOf(first));
  });
});

test("the lists of style, icons and bar have a phrase for each entry; without colours, themes say so", () => {
  for (const [label, from] of [
    ["style", 3],
    ["icons", 4],
    ["bar", 6],
  ] as const) {
    const list = modeOf(pressed(opened("{}"), ...times(from + 1, "down"), "enter"));
    expect(list).toMatchObject({ name: "choose", title: label });
    for (const entry of list?.name === "choose" ? list.entries : [])
      expect(entry.about, entry.label).not.toBe("");
  }
  const themes = pressed(opened("{}"), ...times(3, "down"), "enter");
  expect(view(themes, screenOf(80, 24, 0)).join(" ")).toContain("NO_COLOR is set");
  expect(shown(themes)).not.toContain("NO_COLOR");
});
