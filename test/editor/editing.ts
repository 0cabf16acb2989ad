/** The editor's state machine in tests: keys in, text out. */
import { readDocument } from "../../src/editor/document.ts";
import { press } from "../../src/editor/modes/index.ts";
import { type EditorState, start } from "../../src/editor/state.ts";
import { type Screen, view } from "../../src/editor/view/index.ts";
import { sampleContext } from "../../src/line/samples.ts";

/** A configuration as people write it, with comments in every place. */
export const TEXT = `// mine
{
  "preset": "default", // to start from
  "rows": [
    // the first
    ["model", "git"], // two
    { "left": ["cost" /* money */], "right": ["clock"] },
  ],
  "bar": { "cells": 8 }, // short
}
`;

/** The editor with a file of this text. */
export function opened(text = TEXT, options: Parameters<typeof start>[1] = {}): EditorState {
  const document = readDocument(text);
  if ("errors" in document) throw new Error(JSON.stringify(document.errors));
  return start(document, options);
}

/** Keys one after the other: names, or a text of single characters after "=". */
const keysOf = (...keys: readonly string[]): string[] =>
  keys.flatMap((key) =>
    key.length > 1 && key.startsWith("=")
      ? Array.from(key.slice(1), (each) => (each === " " ? "space" : each))
      : [key],
  );

export const pressed = (state: EditorState, ...keys: readonly string[]): EditorState =>
  keysOf(...keys).reduce(press, state);

/** The editor with TEXT after these keys. */
export const typed = (...keys: readonly string[]): EditorState => pressed(opened(), ...keys);

export const times = (count: number, key: string): string[] => Array.from({ length: count }, () => key);

export const textOf = (state: EditorState): string => state.document.text;

/** Undo everything. */
export const undone = (state: EditorState): EditorState => pressed(state, ...times(state.past.length, "u"));

export const screenOf = (columns: number, rows: number, colors: 0 | 16 | 256 | 16_777_216 = 256): Screen => ({
  columns,
  rows,
  terminalOf: ({ padding, margin }) => ({
    cells: Math.max(1, columns - 4 - 2 * padding - margin),
    colors,
    links: false,
    background: "dark",
  }),
  path: "~/.config/plimsoll/config.json",
  lastSession: (terminal, config) => sampleContext("fresh", terminal, config),
});

/** The screen as text, without escape codes. */
export const shown = (state: EditorState, columns = 80, rows = 24): string =>
  view(state, screenOf(columns, rows)).map(Bun.stripANSI).join("\n");
