/** The editor's screen: never more lines than the terminal has rows, each fits its columns. */

import { printable } from "../cli/characters.ts";
import type { Config } from "../config/config.ts";
import type { Context, Terminal } from "../line/context.ts";
import { cells, cutEnd } from "../line/layout/cells.ts";
import { renderLine } from "../line/layout/line.ts";
import { sampleAbout, sampleContext } from "../line/samples.ts";
import { findSegment } from "../line/segments/index.ts";
import {
  type Draft,
  type EditorState,
  FIELDS,
  type Field,
  isChanged,
  rowLines,
  segmentsAt,
} from "./state.ts";

export interface Screen {
  readonly columns: number;
  readonly rows: number;
  /** What the preview is drawn for. */
  readonly terminal: Terminal;
  /** The settings that the editor does not change. */
  readonly config: Config;
  readonly path: string;
}

const REVERSE = (text: string, colored: boolean) => (colored ? `\x1b[7m${text}\x1b[27m` : `[${text}]`);
const BOLD = (text: string, colored: boolean) => (colored ? `\x1b[1m${text}\x1b[22m` : text);

/** @returns the lines of the screen, escape codes included */
export function view(state: EditorState, screen: Screen): string[] {
  const colored = screen.terminal.colors > 0;
  const preview = renderLine(previewContext(state, screen)).map((row) => ` ${row}`);
  const head = [
    BOLD("Plimsoll", colored) + plain(` ${screen.path}${isChanged(state) ? " (changed)" : ""}`, screen, 8),
  ];
  const body = state.picker ? pickerLines(state, screen) : bodyLines(state, screen);
  const foot = [
    "",
    plain(`Preview: ${state.sample}, ${sampleAbout(state.sample)}`, screen),
    ...preview,
    "",
    ...help(state).map((text) => plain(text, screen)),
  ];
  // Scroll to the line of the cursor.
  const room = Math.max(1, screen.rows - head.length - foot.length);
  const cursor = state.picker ? body.cursor : state.line;
  const from = Math.max(0, Math.min(body.lines.length - room, cursor - Math.floor(room / 2)));
  return [...head, ...body.lines.slice(from, from + room), ...foot]
    .slice(0, screen.rows)
    .map((line) => Bun.sliceAnsi(line, 0, screen.columns));
}

/** The draft in a sample session. */
function previewContext(state: EditorState, { terminal, config }: Screen): Context {
  return sampleContext(
    state.sample,
    { ...terminal, cells: Math.max(1, terminal.cells - 2) },
    withDraft(config, state.draft),
  );
}

const withDraft = (config: Config, { theme, style, icons, bar, rows }: Draft): Config => ({
  ...config,
  theme,
  style,
  icons,
  bar,
  rows,
});

const plain = (text: string, { columns }: Screen, taken = 0): string =>
  cutEnd(printable(text), Math.max(1, columns - taken), "…");

const shownValue = (draft: Draft, field: Field): string =>
  field === "bar shape"
    ? draft.bar.shape
    : field === "bar cells"
      ? String(draft.bar.cells)
      : draft[field as "preset" | "theme" | "style" | "icons"];

function bodyLines(state: EditorState, screen: Screen): { lines: string[]; cursor: number } {
  const colored = screen.terminal.colors > 0;
  const fields = FIELDS.map((field, index) => {
    const value = `‹ ${printable(shownValue(state.draft, field))} ›`;
    return `  ${field.padEnd(10)} ${index === state.line ? REVERSE(value, colored) : value}`;
  });
  const rows = rowLines(state.draft).map(({ row, side }, index) => {
    const here = state.line === FIELDS.length + index;
    const names = (state.draft.rows[row]?.[side] ?? []).map((name) => printable(name));
    const label = `  ${`row ${row + 1} ${side}`.padEnd(12)} `;
    return (
      label +
      segmentList(names, here ? state.column : undefined, screen.columns - label.length, colored, here)
    );
  });
  return { lines: [...fields, ...rows], cursor: state.line };
}

/** Names in a line; if they are too many, those around the cursor. */
function segmentList(
  names: readonly string[],
  cursor: number | undefined,
  room: number,
  colored: boolean,
  here: boolean,
): string {
  if (names.length === 0) return here ? REVERSE("empty", colored) : "";
  const width = (from: number, to: number) =>
    names.slice(from, to + 1).reduce((sum, name) => sum + Math.min(cells(name), 20) + 1, 0);
  let from = 0;
  while (cursor !== undefined && from < cursor && width(from, cursor) > room - 6) from += 1;
  let to = cursor ?? 0;
  while (to + 1 < names.length && width(from, to + 1) <= room - 6) to += 1;
  const shown = names.slice(from, to + 1).map((name, index) => {
    const text = cutEnd(name, 20, "…");
    return from + index === cursor ? REVERSE(text, colored) : text;
  });
  return `${from > 0 ? "… " : ""}${shown.join(" ")}${to + 1 < names.length ? " …" : ""}`;
}

function pickerLines(state: EditorState, screen: Screen): { lines: string[]; cursor: number } {
  const colored = screen.terminal.colors > 0;
  const index = state.picker?.index ?? 0;
  const present = new Set(state.draft.rows.flatMap(({ left, right = [] }) => [...left, ...right]));
  const lines = state.choices.map(({ name, about }, at) => {
    const text = plain(`${present.has(name) ? "•" : " "} ${name.padEnd(13)} ${about}`, screen, 4);
    return `  ${at === index ? REVERSE(text, colored) : text}`;
  });
  return { lines, cursor: index };
}

function help(state: EditorState): string[] {
  if (state.asking === "save") return ["Save? y: write the file   n: continue editing"];
  if (state.asking === "leave") return ["Quit without saving? y: quit   n: continue editing"];
  if (state.picker) return ["↑↓ choose   enter: add after the cursor   esc: back"];
  const common = "↑↓ move   tab: next sample   s: save   q: quit";
  if (state.line < FIELDS.length) return [`←→ change   ${common}`];
  const name = segmentsAt(state)[state.column];
  const about = name === undefined ? "" : (findSegment(name)?.segment.about ?? "");
  return [
    `←→ choose   < > move it   a: add   x: remove   n: new row   d: delete row   ${common}`,
    ...(about === "" ? [] : [`${name}: ${about}`]),
  ];
}
