import { expect, test } from "bun:test";
import { type Config, DEFAULT_CONFIG } from "../../src/config/config.ts";
import { initialConfig } from "../../src/config-file/initial.ts";
import { PRESET_NAMES, PRESETS, type Preset } from "../../src/config-file/presets.ts";
import { formatError, readConfig } from "../../src/config-file/read.ts";
import { formatPath } from "../../src/json-text/path.ts";
import { findSegment } from "../../src/line/segments/index.ts";

const config = (config: unknown): Config => {
  const read = readConfig(typeof config === "string" ? config : JSON.stringify(config));
  if ("errors" in read) throw new Error(read.errors.map(formatError).join("\n"));
  return read.config;
};
const errors = (config: unknown): string[] => {
  const read = readConfig(typeof config === "string" ? config : JSON.stringify(config));
  return "errors" in read ? read.errors.map(formatError) : [];
};

test("an empty file and an empty object give the defaults", () => {
  expect(config("")).toEqual(DEFAULT_CONFIG);
  expect(config("  // nothing yet\n{}")).toEqual(DEFAULT_CONFIG);
});

test("every setting arrives in its validated form", () => {
  expect(
    config(`{
      // comments, and trailing commas
      "$schema": "./config.schema.json",
      "rows": [["model", "command:weather", "text:prod"], { "left": ["git"], "right": ["clock"] }, { "right": ["cost"] }],
      "style": "powerline", "icons": "nerd", "theme": "clear-dark", "separator": " | ",
      "colors": { "model": "#abc" }, "bar": { "cells": 5 }, "margin": 2, "padding": 1,
      "segments": { "context": { "levels": [60, 80], "show": "left", "priority": 7 }, "command:weather": { "priority": 3 } },
      "refresh": { "git": "2s", "usage": 60000, "limits": "1.5m" },
      "commands": { "weather": { "run": ["curl", "-s", "x"], "refresh": "15m" } },
      "prices": { "my-model": { "input": 1, "output": 2, "cacheRead": 0.1, "cacheWrite5m": 1.25, "cacheWrite1h": 2 } },
      "billing": { "source": "ccusage" },
    }`),
  ).toEqual({
    rows: [
      { left: ["model", "command:weather", "text:prod"] },
      { left: ["git"], right: ["clock"] },
      { left: [], right: ["cost"] },
    ],
    style: "powerline",
    icons: "nerd",
    theme: "clear-dark",
    separator: " | ",
    colors: { model: "#abc" },
    bar: { shape: "auto", cells: 5 },
    margin: 2,
    padding: 1,
    segments: {
      context: { levels: [60, 80], show: "left", priority: 7 },
      "command:weather": { priority: 3 },
    },
    refresh: { git: 2000, usage: 60_000, limits: 90_000 },
    commands: { weather: { run: ["curl", "-s", "x"], refreshMs: 900_000, deadlineMs: 2000 } },
    prices: { "my-model": { input: 1, output: 2, cacheRead: 0.1, cacheWrite5m: 1.25, cacheWrite1h: 2 } },
    billing: { source: "ccusage" },
  });
});

test("an error names the path, the value and the fix", () => {
  expect(errors({ rows: [["model", "gti"], "x", { left: ["text"], rigth: [] }, 5] })).toMatchInlineSnapshot(`
    [
      "rows[0][1]: unknown segment 'gti'; did you mean 'git'?",
      "rows[1]: 'x' is not a row: a list of segments, or {"left": […], "right": […]}",
      "rows[2].left[0]: 'text' needs a colon and the text after it",
      "rows[2]: unknown setting 'rigth'; did you mean 'right'?",
      "rows[3]: 5 is not a row: a list of segments, or {"left": […], "right": […]}",
    ]
  `);
  expect(errors({ theme: "harbor-drak", icons: 5, style: "Plain", preset: "ful" })).toMatchInlineSnapshot(`
    [
      "preset: 'ful' is not one of default, minimal, full, detailed, developer, budget; did you mean 'full'?",
      "style: 'Plain' is not one of plain, powerline, capsule; did you mean 'plain'?",
      "icons: 5 is not one of auto, unicode, narrow, nerd, emoji, ascii",
      "theme: 'harbor-drak' is not one of auto, harbor-dark, harbor-light, fjord-dark, ember-dark, orchid-dark, contrast-dark, paper-light, dawn-light, contrast-light, clear-dark, clear-light, terminal; did you mean 'harbor-dark'?",
    ]
  `);
  expect(
    errors({
      segments: { context: { levels: [1], bar: "x", show: "lfet", colour: 1 }, directory: { form: 1 } },
    }),
  ).toMatchInlineSnapshot(`
    [
      "segments.directory.form: 1 is not one of home, full, base, fish",
      "segments.context.levels: [1] is not two numbers: [warn, critical]",
      "segments.context.show: 'lfet' is not one of used, left; did you mean 'left'?",
      "segments.context.bar: 'x' is not true or false",
      "segments.context: unknown setting 'colour'",
    ]
  `);
  expect(
    errors({ segments: { contxt: {}, "command:x": { priority: 900 }, "text:": {} } }),
  ).toMatchInlineSnapshot(`
    [
      "segments.contxt: unknown segment 'contxt'; did you mean 'context'?",
      "segments["command:x"].priority: 900 is not a number from 0 to 100",
    ]
  `);
  expect(
    errors({
      refresh: { git: "5 s", usage: "0.1s", gti: "5s" },
      bar: { cells: 1.5, shape: "blok" },
      margin: -1,
    }),
  ).toMatchInlineSnapshot(`
    [
      "bar.shape: 'blok' is not one of auto, line, slant, block, smooth, box, braille, ascii; did you mean 'block'?",
      "bar.cells: 1.5 is not a whole number of cells from 0 to 60",
      "margin: -1 is not a whole number of cells from 0 to 200",
      "refresh.git: '5 s' is not a time like "500ms", "5s", "10m" or "1h"",
      "refresh.usage: '0.1s' is not from 1000 ms to 86400 s",
      "refresh: unknown setting 'gti'; did you mean 'git'?",
    ]
  `);
  expect(
    errors({
      commands: {
        "a b": { run: ["x"] },
        c: { run: "ls -l" },
        d: { run: [] },
        e: { run: ["x"], deadline: "9m" },
      },
    }),
  ).toMatchInlineSnapshot(`
    [
      "commands["a b"]: a command's name has letters, digits, - and _ only",
      "commands.c.run: 'ls -l' is not a list: the program and its arguments, without a shell",
      "commands.d.run: the program is missing",
      "commands.e.deadline: '9m' is not from 10 ms to 20 s",
    ]
  `);
  expect(
    errors({ colors: { model: "red", modle: "#fff" }, thme: 1, prices: { m: { input: "1" } } }),
  ).toMatchInlineSnapshot(`
    [
      "colors.model: 'red' is not a colour like "#8fc7ff"",
      "colors: unknown setting 'modle'; did you mean 'model'?",
      "prices.m.input: '1' is not a number of USD from 0 to 1000000",
      "prices.m.output: a number of USD from 0 to 1000000 is missing",
      "prices.m.cacheRead: a number of USD from 0 to 1000000 is missing",
      "prices.m.cacheWrite5m: a number of USD from 0 to 1000000 is missing",
      "prices.m.cacheWrite1h: a number of USD from 0 to 1000000 is missing",
      "unknown setting 'thme'; did you mean 'theme'?",
    ]
  `);
});

test("reports a text that is not JSON or not an object", () => {
  expect(errors('{"a":')).toEqual(["not JSON: line 1, column 6: unexpected end of the text"]);
  // An editor of the text would find its value, and lose its changes.
  for (const rest of [" x", "\0", '\n{"a":1}'])
    expect(errors(`{"preset":"default"}${rest}`)).toEqual([
      expect.stringContaining("unexpected text after the end"),
    ]);
  expect(errors("[".repeat(100_000))).toEqual([expect.stringContaining("nested too deeply")]);
  for (const text of ["[]", "5", "null", '"x"']) expect(errors(text)).toHaveLength(1);
});

test("a configuration survives the cache unchanged", () => {
  for (const name of PRESET_NAMES) {
    const all = config({ preset: name, refresh: { git: "2s" }, commands: { a: { run: ["x"] } } });
    expect(JSON.parse(JSON.stringify(all))).toEqual(all as never);
  }
});

test("names of Object.prototype are not settings", () => {
  for (const name of ["constructor", "toString", "hasOwnProperty"]) {
    expect(errors(`{"${name}": 1}`).length, name).toBe(1);
    expect(errors(`{"segments": {"${name}": {}}}`).length, name).toBe(1);
    expect(errors(`{"rows": [["${name}"]]}`).length, name).toBe(1);
  }
  const { segments } = config('{"segments": {"__proto__": {"priority": 1}}}');
  expect(Object.keys(segments)).toEqual([]);
  expect(Object.hasOwn(Object.prototype, "priority")).toBe(false);
});

test("a preset is a valid configuration of known segments; the user's values override it", () => {
  for (const name of PRESET_NAMES) {
    const preset: Preset = PRESETS[name];
    expect(config(initialConfig(name, "./x")).rows).toEqual((preset.config.rows ?? []) as Config["rows"]);
    expect(errors({ preset: name, ...preset.config })).toEqual([]);
    for (const { left, right = [] } of preset.config.rows ?? [])
      for (const reference of [...left, ...right]) expect(findSegment(reference), reference).toBeDefined();
    for (const segment of Object.keys(preset.config.segments ?? {}))
      expect(findSegment(segment)).toBeDefined();
  }
  expect(config({ preset: "detailed", segments: { context: { tokens: false } } }).segments.context).toEqual({
    show: "left",
    tokens: false,
  });
  // Its former name.
  expect(config({ preset: "seed" })).toEqual(config({ preset: "detailed" }));
});

test("paths are written as they can be typed", () => {
  expect(formatPath(["rows", 0, "left", 2])).toBe("rows[0].left[2]");
  expect(formatPath(["segments", "five-hour", "pace"])).toBe("segments.five-hour.pace");
  expect(formatPath(["prices", "a.b", "input"])).toBe('prices["a.b"].input');
});
