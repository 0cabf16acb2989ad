/** After any walk through the presets the line is that of the last one, and the user's own rows stay. */
import { describe, expect, test } from "bun:test";
import { DEFAULT_CONFIG } from "../../src/config/config.ts";
import { initialConfig } from "../../src/config-file/initial.ts";
import { leaveRowsToPreset } from "../../src/config-file/preset-change.ts";
import { PRESET_NAMES, PRESETS, type PresetName, presetConfig } from "../../src/config-file/presets.ts";
import { readConfig } from "../../src/config-file/read.ts";
import { setValue } from "../../src/json-text/edit.ts";

const COMMENTS = { comments: true };

/** `config set preset NAME` on a text. */
function setPreset(text: string, name: PresetName, own = false) {
  const changed = setValue(text, ["preset"], name, COMMENTS) as string;
  return leaveRowsToPreset(changed, { own });
}
const configOf = (text: string) => {
  const read = readConfig(text);
  if ("errors" in read) throw new Error(JSON.stringify(read.errors));
  return read.config;
};
/** What `preview --preset` draws in an empty home. */
const alone = (name: PresetName) => ({ ...DEFAULT_CONFIG, ...presetConfig(name) });

/** Rows as the first version of `config init` wrote them. */
function withRows(name: PresetName): string {
  const rows = presetConfig(name).rows.map(({ left, right }) => (right ? { left, right } : left));
  return `{
  // what ${name} is about
  "preset": "${name}",
  "rows": [
    ${rows.map((row) => JSON.stringify(row)).join(",\n    ")},
  ],
  // plain, powerline, capsule
  "style": "plain",
  "segments": {
    // "context": { "levels": [70, 85], "show": "left" },
  },
}
`;
}

test("the description that the first version of init wrote is that of the new preset; other comments stay", () => {
  const text = withRows("full").replace("what full is about", PRESETS.full.about);
  const set = setPreset(text, "minimal").text;
  expect(set).toContain(`{\n  // ${PRESETS.minimal.about}\n  "preset": "minimal",\n`);
  expect(set).not.toContain(PRESETS.full.about);
  // CRLF, the user's own rows, no rows.
  const own = `{\r\n\t// ${PRESETS.full.about}\r\n\t"preset": "full",\r\n\t"rows": [["model"]]\r\n}\r\n`;
  const changed = own.replace(PRESETS.full.about, PRESETS.budget.about).replace('"full"', '"budget"');
  expect(setPreset(own, "budget")).toEqual({ text: changed, ownRows: true });
  const [alike, none] = [`// ${PRESETS.full.about}!\n`, ""];
  for (const comment of [alike, none])
    expect(setPreset(`{\n${comment}"preset": "full" }`, "budget").text).toBe(
      `{\n${comment}"preset": "budget" }`,
    );
});

const pairs = PRESET_NAMES.flatMap((from) => PRESET_NAMES.map((to) => [from, to] as const));

describe.each(pairs)("init --preset %s, set preset %s", (from, to) => {
  test("is the second preset, from a file of this version and of the first", () => {
    for (const text of [initialConfig(from, "./s"), withRows(from)]) {
      expect(configOf(text)).toEqual(alone(from));
      const set = setPreset(text, to);
      expect(set.ownRows).toBe(false);
      expect(configOf(set.text)).toEqual(alone(to));
      expect(set.text.match(/\/\/.*/g)).toEqual(text.match(/\/\/.*/g));
    }
  });

  test("is the second preset, from a file that the first editor wrote with rows and bar", () => {
    const { cells } = presetConfig(from).bar;
    const text = setValue(withRows(from), ["bar"], { shape: "slant", cells }, COMMENTS) as string;
    expect(configOf(setPreset(text, to).text)).toEqual(alone(to));
  });
});

describe("the user's own", () => {
  const OWN =
    '{\n  "preset": "full",\n  // mine\n  "rows": [["model", "cost"]],\n  "bar": { "shape": "slant", "cells": 6 }\n}\n';

  test("rows and bar stay, and this is reported", () => {
    expect(setPreset(OWN, "minimal")).toEqual({ text: OWN.replace("full", "minimal"), ownRows: true });
  });
  test("rows go when asked, and nothing else", () => {
    expect(setPreset(OWN, "minimal", true)).toEqual({
      text: '{\n  "preset": "minimal",\n  // mine\n  "bar": { "shape": "slant", "cells": 6 }\n}\n',
      ownRows: false,
    });
  });
  test("comments between rows of a preset make them own ones", () => {
    const rows = withRows("minimal").replace('"rows": [', '"rows": [ // one is enough');
    expect(setPreset(rows, "full").ownRows).toBe(true);
    expect(configOf(setPreset(rows, "full", true).text)).toEqual(alone("full"));
  });
  test("bar of another length or shape stays, and so do settings of segments", () => {
    for (const bar of [{ cells: 6 }, { shape: "slant", cells: 7 }, { shape: "block", cells: 6 }]) {
      const text = setValue(withRows("full"), ["bar"], bar, COMMENTS) as string;
      expect(configOf(setPreset(text, "minimal").text).bar).toEqual({
        ...presetConfig("minimal").bar,
        ...bar,
      });
    }
    const text = setValue(withRows("full"), ["segments", "context", "show"], "left", COMMENTS) as string;
    expect(configOf(setPreset(text, "minimal").text).segments.context).toEqual({
      tokens: false,
      show: "left",
    });
  });
});

test("a text with errors is returned as it is, and a duplicate key is an error", () => {
  const broken = '{ "preset": "full", "rows": 5 }';
  expect(leaveRowsToPreset(broken, { own: true })).toEqual({ text: broken, ownRows: false });
  expect(leaveRowsToPreset("", { own: false })).toEqual({ text: "", ownRows: false });
  expect(() => leaveRowsToPreset('{ "rows": [["model"]], "rows": [["git"]] }', { own: true })).toThrow(
    "duplicate key 'rows'",
  );
});

describe.each(PRESET_NAMES)("init --preset %s", (name) => {
  const text = initialConfig(name, "./s");

  test("stays valid when its comments are uncommented, with the preset's rows as own ones", () => {
    const lines = text.split("\n");
    const start = lines.findIndex((line) => line.startsWith('  // "rows": ['));
    const end = lines.indexOf("  // ],");
    const settings = /^( *)\/\/ (?="\w[\w-]*": )/;
    const uncommented = lines
      .map((line, at) => (at >= start && at <= end ? line.replace("// ", "") : line.replace(settings, "$1")))
      .join("\n");
    expect(start).toBeGreaterThan(0);
    expect(Bun.JSONC.parse(uncommented)).toHaveProperty("commands.weather.run");
    expect(configOf(uncommented).rows).toEqual(presetConfig(name).rows);
    expect(configOf(uncommented).segments.context).toMatchObject({ levels: [70, 85] });
  });
});
