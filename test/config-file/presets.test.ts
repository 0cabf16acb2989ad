import { expect, test } from "bun:test";
import { DEFAULT_CONFIG } from "../../src/config/config.ts";
import { PRESET_NAMES, presetConfig, rowsAreOfPreset } from "../../src/config-file/presets.ts";
import { readConfig } from "../../src/config-file/read.ts";

test.each(PRESET_NAMES)("preset %s is complete: applied over any other, it draws its own line", (name) => {
  for (const other of PRESET_NAMES)
    expect({ ...DEFAULT_CONFIG, ...presetConfig(other), ...presetConfig(name) }).toEqual({
      ...DEFAULT_CONFIG,
      ...presetConfig(name),
    });
  expect(readConfig(JSON.stringify({ preset: name }))).toEqual({
    config: { ...DEFAULT_CONFIG, ...presetConfig(name) },
  });
});

test("rows are recognised as those of a preset, an empty right side or not, and others are not", () => {
  for (const name of PRESET_NAMES) {
    const { rows } = presetConfig(name);
    expect(rowsAreOfPreset(rows)).toBe(name);
    expect(rowsAreOfPreset(rows.map(({ left, right = [] }) => ({ left, right })))).toBe(name);
    expect(rowsAreOfPreset(rows.slice(1))).toBeUndefined();
    expect(rowsAreOfPreset(rows.map(({ left }) => ({ left: left.slice(1) })))).toBeUndefined();
  }
});
