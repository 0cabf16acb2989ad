import { expect, test } from "bun:test";
import { PRESET_NAMES } from "../../src/config-file/presets.ts";
import { readConfig } from "../../src/config-file/read.ts";
import { optionItems } from "../../src/editor/forms/options.ts";
import { settingItems } from "../../src/editor/forms/settings.ts";
import { pasteKey } from "../../src/editor/keys.ts";
import { isChanged, modeOf } from "../../src/editor/state.ts";
import { joinWords, splitWords } from "../../src/editor/words.ts";
import { SEGMENTS } from "../../src/line/segments/index.ts";
import { opened, pressed, shown, TEXT, textOf, times, typed, undone } from "./editing.ts";

const rowsOf = (...keys: string[]) => typed(...keys).document.config.rows;

/** Keys that lead to a setting of the first screen with TEXT. */
const toSetting = (label: string): string[] => {
  const index = settingItems(opened()).findIndex((item) => item.label === label);
  return times(index + 2, "down");
};

test("a, a few letters and enter add a segment; comments stay", () => {
  const added = typed("a", "=cac", "enter");
  expect(textOf(added)).toBe(TEXT.replace('"model", "git"', '"model", "cache", "git"'));
  expect(added.place).toEqual({ line: 0, column: 1 });
  expect(rowsOf("i", "=cac", "enter")[0]?.left).toEqual(["cache", "model", "git"]);
  expect(rowsOf("r", "=cac", "enter")[0]?.left).toEqual(["cache", "git"]);
  expect(rowsOf("a", "=cac", "escape", "escape")).toEqual(opened().document.config.rows);
  expect(rowsOf("right", "right", "enter", "=clo", "enter")[0]).toEqual({
    left: ["model", "git"],
    right: ["clock"],
  });
});

test("segments are removed, cloned, shifted over the middle, and moved to other rows", () => {
  expect(textOf(typed("x"))).toBe(TEXT.replace('"model", "git"', '"git"'));
  expect(rowsOf("x", "x", "x")[0]).toEqual({ left: [] });
  expect(rowsOf("c")[0]?.left).toEqual(["model", "model", "git"]);
  expect(rowsOf(">")[0]?.left).toEqual(["git", "model"]);
  expect(rowsOf(">", ">")[0]).toEqual({ left: ["git"], right: ["model"] });
  expect(rowsOf(">", ">", "<")[0]).toEqual({ left: ["git", "model"] });
  expect(rowsOf("]")).toEqual([{ left: ["git"] }, { left: ["model", "cost"], right: ["clock"] }]);
  expect(rowsOf("]", "]")[2]).toEqual({ left: ["model"] });
  expect(typed("[").message?.text).toContain("cannot");
});

test("rows are inserted, deleted, cloned, cleared and moved", () => {
  const lengths = (...keys: string[]) => rowsOf(...keys).map(({ left }) => left.length);
  expect(lengths("n")).toEqual([2, 0, 1]);
  expect(lengths("N")).toEqual([0, 2, 1]);
  expect(lengths("d")).toEqual([1]);
  expect(lengths("d", "d")).toEqual([1]);
  expect(lengths("C")).toEqual([2, 2, 1]);
  expect(lengths("X")).toEqual([0, 1]);
  expect(lengths("}")).toEqual([1, 2]);
  expect(lengths("}", "{")).toEqual([2, 1]);
  expect(rowsOf(...times(30, "n"))).toHaveLength(8);
});

test("all changes can be undone, to the byte, and done again", () => {
  const keys = ["x", "a", "=cac", "enter", "d", "n", ...toSetting("style"), "right", "right", "up", "right"];
  const changed = typed(...keys);
  const back = undone(changed);
  expect(textOf(back)).toBe(TEXT);
  expect(isChanged(back)).toBe(false);
  expect(pressed(back, "s").message?.text).toBe("nothing to save");
  expect(textOf(pressed(back, ...times(changed.past.length, "U")))).toBe(textOf(changed));
  expect(pressed(opened(), "u").message?.text).toBe("nothing to undo");
  expect(pressed(opened(), "U").message?.text).toBe("nothing to redo");
});

test("saving and leaving ask only when something changed", () => {
  expect(typed("q").outcome).toBe("left");
  expect(modeOf(typed("x", "q"))?.name).toBe("confirm");
  expect(typed("x", "q", "n").outcome).toBeUndefined();
  expect(typed("x", "q", "y").outcome).toBe("left");
  expect(typed("x", "s", "n").effect).toBeUndefined();
  expect(typed("x", "s", "y").effect).toMatchObject({
    kind: "save",
    expected: TEXT,
    force: false,
    leave: true,
  });
  expect(typed("x", "s", "e").effect).toMatchObject({ kind: "save", leave: false });
  expect(typed("x", "ctrl-c", "s").effect).toMatchObject({ kind: "save", leave: true });
});

test("settings: stepped, chosen from a list, typed, reset", () => {
  const config = (label: string, ...keys: string[]) => typed(...toSetting(label), ...keys).document.config;
  expect(config("style", "right").style).toBe("powerline");
  expect(config("style", "enter", "=cap", "enter").style).toBe("capsule");
  expect(config("theme", "enter", "=orchid", "enter").theme).toBe("orchid-dark");
  expect(config("separator", "enter", "=type", "enter", "ctrl-u", "= / ", "enter").separator).toBe(" / ");
  expect(config("separator", "right", "right").separator).toBe(" | ");
  expect(config("bar cells", "right").bar.cells).toBe(9);
  expect(config("bar cells", "enter", "ctrl-u", "=12", "enter").bar.cells).toBe(12);
  expect(config("bar cells", "x").bar.cells).toBe(10);
  expect(config("margin", ...times(3, "right")).margin).toBe(3);
  expect(config("padding", "enter", "ctrl-u", "=2", "enter").padding).toBe(2);
  expect(config("costs from", "enter").billing.source).toBe("ccusage");
});

test("a typed value that is invalid is refused in its place", () => {
  const field = typed(...toSetting("bar cells"), "enter", "ctrl-u", "=99", "enter");
  expect(modeOf(field)).toMatchObject({ name: "input", error: "99 is not from 0 to 60" });
  expect(shown(field)).toContain("99 is not from 0 to 60");
  expect(modeOf(pressed(field, "bksp", "backspace", "enter"))).toBeUndefined();
  const colour = typed(...toSetting("colours"), "enter", "enter", "=type", "enter", "=zz", "enter");
  expect(shown(colour)).toContain("invalid colour '#zz'");
  expect(pressed(colour, "ctrl-u", "=#8fc7ff", "enter").document.config.colors).toEqual({
    directory: "#8fc7ff",
  });
  const separator = typed(
    ...toSetting("separator"),
    "enter",
    "=type",
    "enter",
    `=${"x".repeat(40)}`,
    "enter",
  );
  expect(modeOf(separator)).toMatchObject({ name: "input" });
  expect(isChanged(separator)).toBe(false);
});

test("a value that the file does not have leaves it again with the default", () => {
  expect(textOf(typed(...toSetting("style"), "right", "left"))).toBe(TEXT);
  expect(textOf(typed(...toSetting("margin"), "right", "left"))).toBe(TEXT);
  expect(textOf(typed("enter", "=", "down"))).toBe(TEXT);
});

test("a key that occurs twice is reported when it would be changed", () => {
  const twice = '{"rows": [["git"]], "rows": [["model"]]}';
  expect(pressed(opened(twice), "x").message).toMatchObject({ isError: true });
  expect(shown(pressed(opened(twice), "x"))).toContain("duplicate key 'rows'");
});

test("nerd icons: how to check and to return", () => {
  const nerd = typed(...toSetting("icons"), "enter", "=nerd", "enter");
  expect(nerd.document.config.icons).toBe("nerd");
  expect(shown(nerd, 100)).toContain("If you see boxes, choose unicode");
});

test("the options of every segment can be changed without leaving", () => {
  for (const { name, argument, options = {}, levels } of SEGMENTS) {
    const reference = argument === undefined ? name : `${name}:x`;
    const text = JSON.stringify({ rows: [[reference]], commands: { x: { run: ["true"] } } });
    const screen = pressed(opened(text), "enter");
    const items = optionItems(screen, reference);
    const labels = items.map(({ label }) => label);
    expect(labels).toContainValues([...Object.keys(options), "priority"]);
    if (levels) expect(labels).toContainValues(["warn level", "critical level"]);
    for (const [index, item] of items.entries()) {
      if (item.edit.kind === "open" || item.edit.kind === "typed") continue;
      const at = pressed(screen, ...times(index, "down"));
      let changed = pressed(at, "right");
      if (textOf(changed) === text) changed = pressed(at, "left");
      expect(textOf(changed), `${reference} ${item.label}`).not.toBe(text);
      expect(changed.message, `${reference} ${item.label}`).toBeUndefined();
      expect(readConfig(textOf(changed))).toHaveProperty("config");
      expect(textOf(pressed(changed, "x")), `${reference} ${item.label}`).toBe(text);
    }
  }
});

test("a segment's colours are those of its roles, and say who shares them", () => {
  const screen = pressed(opened('{"rows": [["five-hour", "seven-day"]]}'), "enter");
  const labels = optionItems(screen, "five-hour").map(({ label }) => label);
  expect(labels).toContainValues(["colour limit", "colour warn", "colour critical"]);
  expect(labels).not.toContain("colour money");
  const at = pressed(screen, ...times(labels.indexOf("colour limit"), "down"));
  expect(shown(at)).toContain("The role limit, shared by five-hour, seven-day");
  expect(pressed(at, "right").document.config.colors.limit).toMatch(/^#/);
});

test("levels: one is changed, the other stays; without levels both get one", () => {
  const levels = (reference: string, ...keys: string[]) =>
    pressed(opened(JSON.stringify({ rows: [[reference]] })), "enter", ...keys).document.config.segments[
      reference
    ]?.levels;
  expect(levels("cost", "right")).toEqual([1, 2]);
  expect(levels("cost", "right", "down", "enter", "ctrl-u", "=20.5", "enter")).toEqual([1, 20.5]);
  expect(levels("cost", "down", "enter", "ctrl-u", "=8", "enter")).toEqual([4, 8]);
  expect(shown(pressed(opened('{"rows": [["cost"]]}'), "enter"))).toContain("‹ never ›");
});

test("texts and commands of one's own", () => {
  expect(rowsOf("a", "=text:", "enter", "=on air", "enter")[0]?.left).toEqual([
    "model",
    "text:on air",
    "git",
  ]);
  const text = typed("a", "=text:", "enter", "=prod", "enter", "enter", "enter", "=!", "enter");
  expect(text.document.config.rows[0]?.left).toEqual(["model", "text:prod!", "git"]);
  const command = typed(
    "a",
    "=command:",
    "enter",
    "=weather",
    "enter",
    '=curl -s "wttr.in?format=1 x"',
    "enter",
  );
  expect(command.document.config.rows[0]?.left).toEqual(["model", "command:weather", "git"]);
  expect(command.document.config.commands.weather).toEqual({
    run: ["curl", "-s", "wttr.in?format=1 x"],
    refreshMs: 30_000,
    deadlineMs: 2000,
  });
  const form = pressed(
    command,
    "enter",
    "enter",
    "down",
    "enter",
    "=type",
    "enter",
    "ctrl-u",
    "=15m",
    "enter",
  );
  expect(form.document.config.commands.weather?.refreshMs).toBe(900_000);
  expect(shown(typed("a", "=command:", "enter", "=a b", "enter"))).toContain("letters, digits, - and _ only");
  expect(shown(typed("a", "=command:", "enter", "=ab", "enter", '="x', "enter"))).toContain(
    'the quote " is not closed',
  );
  expect(undone(form).document.text).toBe(TEXT);
});

test("a command's line is words with quotes, and the same when it is written again", () => {
  expect(splitWords(`a 'b c' "d\\"e" f\\ g ''`)).toEqual(["a", "b c", 'd"e', "f g", ""]);
  for (const words of [["a"], ["a b", "c"], ['q"', "s'", "\\"], [""]])
    expect(splitWords(joinWords(words))).toEqual(words);
});

test("refresh times are stepped and typed", () => {
  const at = typed(...toSetting("data age"), "enter");
  expect(pressed(at, "right").document.config.refresh).toEqual({ git: 10_000 });
  const own = pressed(at, "enter", "=type", "enter", "ctrl-u", "=90s", "enter");
  expect(own.document.config.refresh).toEqual({ git: 90_000 });
  expect(textOf(own)).toContain('"git": "90s"');
  expect(shown(pressed(at, "enter", "=type", "enter", "ctrl-u", "=soon", "enter"))).toContain(
    "invalid time 'soon'",
  );
});

test("presets: own rows stay until the user takes the preset's", () => {
  const minimal = typed(...toSetting("preset"), "right");
  expect(minimal.document.preset).toBe("minimal");
  expect(minimal.document.config.rows).toEqual(opened().document.config.rows);
  expect(minimal.message?.text).toContain("your own rows stay");
  const taken = pressed(minimal, "o");
  expect(taken.document.config.rows).toHaveLength(1);
  expect(textOf(taken)).not.toContain('"rows"');
  expect(textOf(undone(taken))).toBe(TEXT);
});

test("from any preset to any other: what the preset sets, and nothing of the ones on the way", () => {
  for (const from of PRESET_NAMES)
    for (const to of PRESET_NAMES) {
      const first = opened(`{ "preset": "${from}" }`);
      const lines = first.document.config.rows.length;
      let state = pressed(first, ...times(lines, "down"));
      while (state.document.preset !== to) state = pressed(state, "right");
      expect(state.document.config).toEqual(opened(`{ "preset": "${to}" }`).document.config);
    }
});

test("the picker: ranks names first, says how many match, and previews the segment", () => {
  const picker = typed("a", "=cac");
  expect(shown(picker)).toMatch(/add {2}cac▏.*3 of 4\d/);
  expect(shown(picker)).toContain("cache 95%");
  expect(shown(typed("a"))).toContain("• in the line");
  expect(shown(typed("a"))).toMatch(/• model/);
  expect(shown(typed("a"))).toMatch(/↓ \d+ more/);
  expect(shown(typed("a", "=zzzz"))).toContain("0 of 4");
  expect(modeOf(typed("a", "=zzzz", "enter"))?.name).toBe("picker");
  expect(modeOf(typed("a", "=cac", "escape"))).toMatchObject({ name: "picker", filter: "" });
  // The description and scattered letters match too.
  expect(shown(typed("a", "=plrq"))).toContain("pull-request");
  expect(shown(typed("a", "=midnight"))).toContain("today");
  expect(modeOf(typed("a", pasteKey("cac\nhe")))).toMatchObject({ filter: "cache" });
});

test("pasted text is typed in a field and does nothing elsewhere", () => {
  expect(textOf(typed(pasteKey("xxdd")))).toBe(TEXT);
  const field = typed("a", "=text:", "enter", pasteKey("one\ntwo\x1b[A"), "enter");
  expect(field.document.config.rows[0]?.left[1]).toBe("text:one two[A");
});

test("tab and shift-tab go through the samples and the last session", () => {
  const state = opened(TEXT, { hasLastSession: true });
  expect(pressed(state, "tab").sample).toBe("near");
  expect(pressed(state, "shift-tab").sample).toBe("fresh");
  expect(shown(pressed(state, "shift-tab", "shift-tab"))).toContain("── your last session");
  expect(opened().samples).not.toContain("your last session");
});

test("a preset from the list asks about own rows; taking the preset's is one step of the history", () => {
  const list = typed(...toSetting("preset"), "enter", "=minimal");
  expect(shown(list)).toContain("Your own rows stay; enter asks");
  const asked = pressed(list, "enter");
  expect(shown(asked)).toContain("k enter esc keep your rows");
  expect(pressed(asked, "k").document.config.rows).toEqual(opened().document.config.rows);
  for (const key of ["x", "d", "n", "space"]) expect(pressed(asked, key)).toEqual(asked);
  const taken = pressed(asked, "t");
  expect(taken.document.config.rows).toHaveLength(1);
  expect(shown(taken)).toContain("‹ minimal ›");
  expect(textOf(pressed(taken, "u"))).toBe(TEXT);
  expect(shown(pressed(asked, "k"))).toContain("‹ minimal, own rows ›");
});

test("starting over: everything of the look is the preset's, and one undo returns it", () => {
  const own = `{ "preset": "minimal", "rows": [["git"]], "style": "capsule", "theme": "orchid-dark", "icons": "ascii",
    "segments": { "git": { "changes": false } }, "bar": { "cells": 3 }, "colors": { "muted": "#112233" }, "margin": 2 }`;
  const state = pressed(opened(own), "down", "O");
  expect(state.document.config).toEqual(opened('{ "preset": "minimal", "margin": 2 }').document.config);
  expect(state.message?.text).toContain("u undoes it");
  expect(textOf(pressed(state, "u"))).toBe(own);
  expect(pressed(state, "O").message?.text).toContain("already");
});

test("undo and redo close the options of a segment that is gone", () => {
  const added = typed("a", "=cac", "enter", "enter", "right", "u", "u");
  expect(modeOf(added)).toBeUndefined();
  const again = pressed(typed("x", "u"), "enter", "U");
  expect(modeOf(again)).toBeUndefined();
  expect(again.message?.text).toContain("done again");
});
