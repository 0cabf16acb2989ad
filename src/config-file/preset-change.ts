/**
 * A configuration whose preset changes. Rows that a tool took from a preset go, the user's own stay; the comment that
 * describes the former preset describes the new one.
 */
import { DEFAULT_CONFIG } from "../config/config.ts";
import { removeMember, textOf } from "../json-text/edit.ts";
import { memberOf, parseText } from "../json-text/tree.ts";
import { PRESET_NAMES, PRESETS, presetConfig, presetNamed, rowsAreOfPreset } from "./presets.ts";
import { readConfig } from "./read.ts";

const COMMENTS = { comments: true };

export interface PresetRows {
  /** The configuration, with its comments. */
  readonly text: string;
  /** It still has rows, which are used instead of the preset's. */
  readonly ownRows: boolean;
}

/**
 * Leave the rows to the preset. Rows that equal those of a preset were written by an earlier `config init` or `config
 * edit`, and are removed; with them a bar that equals a preset's.
 * @param before a configuration; one with errors is returned unchanged
 * @param own also remove rows that are the user's own
 * @throws JsonTextError for a duplicate key
 */
export function leaveRowsToPreset(before: string, { own }: { own: boolean }): PresetRows {
  const read = readConfig(before);
  if ("errors" in read || before.trim() === "") return { text: before, ownRows: false };
  const text = withDescription(before);
  const rows = textOf(text, ["rows"], COMMENTS);
  if (rows === undefined) return { text, ownRows: false };
  // A comment between the rows is the user's.
  const ofPreset = rowsAreOfPreset(read.config.rows) !== undefined && !/\/\/|\/\*/.test(rows);
  if (!ofPreset && !own) return { text, ownRows: true };
  const without = removeMember(text, ["rows"], COMMENTS) ?? text;
  return { text: ofPreset ? leaveBarToPreset(without) : without, ownRows: false };
}

/** An earlier `config init` wrote what the preset shows in a line above it. */
function withDescription(text: string): string {
  const preset = memberOf(parseText(text, COMMENTS), "preset");
  const name = presetNamed(String(preset?.value.value));
  if (!preset || name === undefined) return text;
  const above = text.slice(0, preset.start).split("\n").at(-2) ?? "";
  const [, comment] = /^\s*\/\/ (.*?)\s*$/.exec(above) ?? [];
  if (comment === undefined || !PRESET_NAMES.some((each) => PRESETS[each].about === comment)) return text;
  const start = text.lastIndexOf(comment, preset.start);
  return text.slice(0, start) + PRESETS[name].about + text.slice(start + comment.length);
}

function leaveBarToPreset(text: string): string {
  const bar = textOf(text, ["bar"], COMMENTS);
  return bar !== undefined && isPresetBar(Bun.JSONC.parse(bar))
    ? (removeMember(text, ["bar"], COMMENTS) ?? text)
    : text;
}

/** The shape that bars had when `config edit` wrote those of presets. */
const FORMER_SHAPE = "slant";

/** Whether `config edit` wrote this with a preset: shape and length, both as the preset has them. */
function isPresetBar(bar: unknown): boolean {
  const lengths = PRESET_NAMES.map((name) => presetConfig(name).bar.cells);
  return [FORMER_SHAPE, DEFAULT_CONFIG.bar.shape].some((shape) =>
    lengths.some((cells) => Bun.deepEquals(bar, { shape, cells })),
  );
}
