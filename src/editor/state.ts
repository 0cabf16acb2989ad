/**
 * The configuration editor as a pure state machine: (state, key) → state. view.ts draws it, session.ts runs it.
 */

import type { Config, RowConfig } from "../config/config.ts";
import { PRESET_NAMES, type PresetName, presetConfig } from "../config-file/presets.ts";
import { STYLE_NAMES } from "../line/layout/style.ts";
import { BAR_SHAPES } from "../line/look/bar.ts";
import { ICON_SET_NAMES } from "../line/look/icons.ts";
import { themeNames } from "../line/look/themes.ts";
import { SAMPLE_NAMES, type SampleName } from "../line/samples.ts";
import { SEGMENTS } from "../line/segments/index.ts";
import type { Key } from "./keys.ts";

/** The settings that the editor can change. */
export interface Draft {
  readonly preset: PresetName;
  readonly theme: string;
  readonly style: string;
  readonly icons: string;
  readonly bar: Config["bar"];
  readonly rows: readonly RowConfig[];
}

/** The settings above the rows. */
export const FIELDS = ["preset", "theme", "style", "icons", "bar shape", "bar cells"] as const;
export type Field = (typeof FIELDS)[number];

/** A segment that can be added. */
interface Choice {
  /** As rows name it. */
  readonly name: string;
  readonly about: string;
}

export interface EditorState {
  readonly saved: Draft;
  readonly draft: Draft;
  readonly choices: readonly Choice[];
  readonly sample: SampleName;
  /** The line of the cursor: a field, or a side of a row below them. */
  readonly line: number;
  /** The segment of the cursor, within its side of the row. */
  readonly column: number;
  /** The list of choices, while it is open. */
  readonly picker?: { readonly index: number };
  /** A question to be answered with y or n. */
  readonly asking?: "save" | "leave";
  readonly outcome?: "saved" | "left";
}

/** A side of a row as a line on the screen. */
export interface RowLine {
  readonly row: number;
  readonly side: "left" | "right";
}

/** @param commands names of the user's own commands, which are segments too */
export function start(draft: Draft, commands: readonly string[] = []): EditorState {
  const choices = SEGMENTS.flatMap(({ name, argument, about }): Choice[] => {
    if (argument === undefined) return [{ name, about }];
    return name === "command" ? commands.map((own) => ({ name: `${name}:${own}`, about })) : [];
  });
  return { saved: draft, draft, choices, sample: "busy", line: 0, column: 0 };
}

export const isChanged = ({ saved, draft }: EditorState): boolean => !Bun.deepEquals(saved, draft);

/** The lines below the fields. */
export const rowLines = ({ rows }: Draft): RowLine[] =>
  rows.flatMap((_, row) => [
    { row, side: "left" as const },
    { row, side: "right" as const },
  ]);

const MAX_ROWS = 8;

export function press(state: EditorState, key: Key): EditorState {
  if (state.asking) return answer(state, key);
  if (state.picker) return pick(state, key);
  if (key === "q" || key === "escape" || key === "ctrl-c")
    return isChanged(state) ? { ...state, asking: "leave" } : { ...state, outcome: "left" };
  if (key === "s") return isChanged(state) ? { ...state, asking: "save" } : state;
  if (key === "tab") return { ...state, sample: cycle(SAMPLE_NAMES, state.sample, 1) };
  if (key === "up" || key === "down") return move(state, key === "up" ? -1 : 1);
  return state.line < FIELDS.length ? changeField(state, key) : changeRow(state, key);
}

function answer(state: EditorState, key: Key): EditorState {
  const { asking, ...rest } = state;
  if (key === "y" || key === "enter") return { ...rest, outcome: asking === "save" ? "saved" : "left" };
  return key === "n" || key === "escape" || key === "ctrl-c" ? rest : state;
}

function move(state: EditorState, by: number): EditorState {
  const last = FIELDS.length + rowLines(state.draft).length - 1;
  const line = Math.max(0, Math.min(last, state.line + by));
  return withColumn({ ...state, line });
}

/** Keep the cursor on an existing segment. */
function withColumn(state: EditorState): EditorState {
  const names = segmentsAt(state);
  return { ...state, column: Math.max(0, Math.min(names.length - 1, state.column)) };
}

export const cursorRow = (state: EditorState): RowLine | undefined =>
  rowLines(state.draft)[state.line - FIELDS.length];

export function segmentsAt(state: EditorState): readonly string[] {
  const at = cursorRow(state);
  return at ? (state.draft.rows[at.row]?.[at.side] ?? []) : [];
}

function changeField(state: EditorState, key: Key): EditorState {
  const by = key === "left" ? -1 : key === "right" || key === "enter" || key === "space" ? 1 : 0;
  if (by === 0) return state;
  const { draft } = state;
  const change = (over: Partial<Draft>) => ({ ...state, draft: { ...draft, ...over } });
  const field = FIELDS[state.line] as Field;
  if (field === "preset") {
    const preset = cycle(PRESET_NAMES, draft.preset, by);
    const { rows, bar } = presetConfig(preset);
    return change({ preset, rows, bar });
  }
  if (field === "theme") return change({ theme: cycle(["auto", ...themeNames()], draft.theme, by) });
  if (field === "style") return change({ style: cycle(STYLE_NAMES, draft.style, by) });
  if (field === "icons") return change({ icons: cycle(ICON_SET_NAMES, draft.icons, by) });
  if (field === "bar shape")
    return change({ bar: { ...draft.bar, shape: cycle(BAR_SHAPES, draft.bar.shape, by) } });
  return change({ bar: { ...draft.bar, cells: Math.max(0, Math.min(60, draft.bar.cells + by)) } });
}

function cycle<Item extends string>(items: readonly Item[], current: string, by: number): Item {
  const index = items.indexOf(current as Item);
  return items[(index + by + items.length) % items.length] as Item;
}

function changeRow(state: EditorState, key: Key): EditorState {
  const at = cursorRow(state) as RowLine;
  const names = segmentsAt(state);
  const { column, draft } = state;
  if (key === "left" || key === "right")
    return withColumn({ ...state, column: column + (key === "left" ? -1 : 1) });
  if (key === "a" || key === "enter") return { ...state, picker: { index: 0 } };
  if (key === "x" || key === "delete")
    return withColumn(
      withSegments(
        state,
        names.filter((_, index) => index !== column),
      ),
    );
  if (key === "<" || key === ">") {
    const to = column + (key === "<" ? -1 : 1);
    if (to < 0 || to >= names.length) return state;
    const moved = [...names];
    [moved[column], moved[to]] = [moved[to] as string, moved[column] as string];
    return { ...withSegments(state, moved), column: to };
  }
  if (key === "n" && draft.rows.length < MAX_ROWS) {
    const rows = draft.rows.toSpliced(at.row + 1, 0, { left: [] });
    return { ...state, draft: { ...draft, rows }, line: FIELDS.length + (at.row + 1) * 2, column: 0 };
  }
  if (key === "d" && draft.rows.length > 1)
    return move({ ...state, draft: { ...draft, rows: draft.rows.toSpliced(at.row, 1) } }, 0);
  return state;
}

function withSegments(state: EditorState, names: readonly string[]): EditorState {
  const at = cursorRow(state) as RowLine;
  const before = state.draft.rows[at.row] as RowConfig;
  const left = at.side === "left" ? names : before.left;
  const right = at.side === "right" ? names : before.right;
  const row: RowConfig = right === undefined || right.length === 0 ? { left } : { left, right };
  return { ...state, draft: { ...state.draft, rows: state.draft.rows.with(at.row, row) } };
}

function pick(state: EditorState, key: Key): EditorState {
  const { picker, ...rest } = state;
  const index = picker?.index ?? 0;
  const step = { up: -1, down: 1, left: -10, right: 10 }[key as "up"];
  if (step !== undefined)
    return { ...state, picker: { index: Math.max(0, Math.min(state.choices.length - 1, index + step)) } };
  if (key === "escape" || key === "q" || key === "ctrl-c") return rest;
  if (key !== "enter" && key !== "space") return state;
  const names = segmentsAt(state);
  const column = names.length === 0 ? 0 : state.column + 1;
  const name = state.choices[index]?.name as string;
  return { ...withSegments(rest, names.toSpliced(column, 0, name)), column };
}
