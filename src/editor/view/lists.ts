/** Lists: values to change, segments and choices with a filter. */
import { printable } from "../../cli/characters.ts";
import { cells } from "../../line/layout/cells.ts";
import type { Drawing } from "../../line/layout/line.ts";
import { palette } from "../../line/look/theme.ts";
import { segmentLook } from "../../line/segment-look.ts";
import type { Match } from "../filter.ts";
import { formTitle } from "../forms/index.ts";
import { type Item, isOwn } from "../forms/item.ts";
import { choicesOf } from "../modes/choose.ts";
import { formOf } from "../modes/form.ts";
import { type PickerEntry, pickChosen, pickerOf } from "../modes/picker.ts";
import { type EditorState, modeOf, type PickerAction } from "../state.ts";
import { column, cut, type Paint, paintedColumn } from "./paint.ts";
import { drawPresent, type Screen } from "./preview.ts";
import { choiceHint, lostText } from "./room.ts";

/** The middle of the screen. */
export interface Body {
  /** What the signs mean, above the lines. */
  readonly legend?: string;
  /** Stay while the lines scroll. */
  readonly head?: readonly string[];
  readonly lines: readonly string[];
  /** The line that stays visible. */
  readonly cursor: number;
  /** The first line to show, instead of the cursor. */
  readonly top?: number;
  /** What the cursor is on, in a sentence. */
  readonly about: string;
  /** Drawn only when it is visible. */
  readonly draw?: (index: number) => string;
}

/** @returns values as lines. @param cursor index of the value of the cursor, if it is among them */
export function itemLines(
  state: EditorState,
  items: readonly Item[],
  cursor: number,
  screen: Screen,
  paint: Paint,
): string[] {
  const { columns } = screen;
  const width = Math.min(24, Math.max(...items.map(({ label }) => cells(printable(label)))));
  return items.map((item, index) => {
    const here = index === cursor;
    const opens = item.edit.kind === "open";
    const value = cut(item.shown, columns - width - 12);
    const framed = opens ? `${value || "open"} ›` : `‹ ${value} ›`;
    const shown = here
      ? paint.chosen(framed)
      : opens
        ? paint.dim(value)
        : isOwn(item)
          ? paint.bold(value)
          : value;
    const base =
      isOwn(item) && item.shownBase !== undefined && item.path !== undefined
        ? paint.dim(`  default: ${printable(item.shownBase)}`)
        : "";
    const indent = here ? "" : "  ";
    return ` ${here ? "›" : " "} ${column(item.label, width)}  ${indent}${patchOf(state, item, screen, paint)}${shown}${base}`;
  });
}

/** A patch of the colour that a role has. */
function patchOf(
  { document: { config } }: EditorState,
  { role }: Item,
  screen: Screen,
  paint: Paint,
): string {
  if (role === undefined) return "";
  const { fg } = palette(config.theme, config.colors, screen.terminalOf(config));
  return paint.patch(config.colors[role] ?? fg(role)) || "  ";
}

/** @returns what a value is, and its default */
export function describeItem(item: Item | undefined): string {
  if (!item) return "";
  const base = item.shownBase === undefined ? "" : ` (default: ${item.shownBase})`;
  return `${item.about}${base}`;
}

/** @returns a list of values with its heading */
export function formBody(state: EditorState, screen: Screen, paint: Paint): Body {
  const mode = modeOf(state);
  const { items, index, item } = formOf(state);
  const { title, about } = mode?.name === "form" ? formTitle(mode.form) : { title: "", about: "" };
  const { config } = state.document;
  const terminal = { ...screen.terminalOf(config), cells: Math.max(1, Math.min(40, screen.columns - 24)) };
  const look =
    mode?.name === "form" && mode.form.kind === "options"
      ? segmentLook(mode.form.reference, config, terminal)
      : undefined;
  const heading = cut(title, Math.max(8, screen.columns - 4));
  const room = screen.columns - cells(heading) - 6;
  const beside = look === undefined ? paint.dim(cut(about, room)) : paintedColumn(look, room);
  return {
    head: [`   ${paint.bold(heading)}  ${beside}`, ""],
    lines: itemLines(state, items, index, screen, paint),
    cursor: index,
    about: describeItem(item),
  };
}

const PICKER_TITLES: Readonly<Record<PickerAction, string>> = {
  add: "add",
  insert: "insert",
  replace: "replace",
};

/** @param drawing the line with the chosen segment. @returns the segments that match the filter, each with its look */
export function pickerBody(state: EditorState, drawing: Drawing, screen: Screen, paint: Paint): Body {
  const { matches, index, total } = pickerOf(state);
  const mode = modeOf(state);
  const { config } = state.document;
  const present = new Set(config.rows.flatMap(({ left, right = [] }) => [...left, ...right]));
  const nameWidth = Math.min(20, Math.max(13, ...matches.map(({ entry }) => cells(printable(entry.label)))));
  const rest = Math.max(0, screen.columns - nameWidth - 8);
  const lookWidth = rest >= 56 ? 32 : Math.min(rest, 40);
  const terminal = { ...screen.terminalOf(config), cells: Math.max(1, lookWidth) };
  const draw = (at: number): string => {
    const match = matches[at];
    if (!match) return "";
    const { label, about } = match.entry;
    const look = segmentLook(label, config, terminal) ?? "";
    const name = markedName(match, nameWidth, at === index, paint);
    const dot = present.has(label) ? "•" : " ";
    const beside = rest >= 56 ? `  ${paint.dim(cut(about, rest - lookWidth - 2))}` : "";
    return ` ${at === index ? "›" : " "} ${dot} ${name} ${paintedColumn(look, lookWidth)}${beside}`;
  };
  const title = mode?.name === "picker" ? PICKER_TITLES[mode.action] : "";
  return {
    head: searchHead(
      title,
      mode?.name === "picker" ? mode.filter : "",
      matches.length,
      total,
      screen,
      paint,
      "• in the line",
    ),
    lines: matches.map(() => ""),
    draw,
    cursor: index,
    about: describeEntry(matches[index]?.entry, present, roomText(state, drawing, screen)),
  };
}

/** What the preview does not show with the chosen segment in the line. */
function roomText(state: EditorState, drawing: Drawing, screen: Screen): string {
  const after = pickChosen(state);
  // Some entries ask for more first.
  if (modeOf(after) !== undefined) return "";
  return choiceHint(after, drawing) ?? lostText(drawPresent(state, screen), drawing);
}

function describeEntry(entry: PickerEntry | undefined, present: ReadonlySet<string>, room: string): string {
  if (!entry) return "No segment matches; esc clears the filter";
  const again = present.has(entry.label) ? "in the line already; enter adds it a second time" : "";
  return [room, again, entry.about].filter((text) => text !== "").join(". ");
}

/** @param drawing the line with the chosen value. @returns the values that match the filter */
export function chooseBody(state: EditorState, drawing: Drawing, screen: Screen, paint: Paint): Body {
  const { matches, index, total } = choicesOf(state);
  const mode = modeOf(state);
  const nameWidth = Math.min(24, Math.max(8, ...matches.map(({ entry }) => cells(printable(entry.label)))));
  return {
    head: searchHead(
      mode?.name === "choose" ? mode.title : "",
      mode?.name === "choose" ? mode.filter : "",
      matches.length,
      total,
      screen,
      paint,
    ),
    lines: matches.map((match, at) => {
      const { color, about } = match.entry;
      const patch = color === undefined ? "" : paint.patch(color);
      const room = screen.columns - nameWidth - 8;
      return ` ${at === index ? "›" : " "} ${patch}${markedName(match, nameWidth, at === index, paint)}  ${paint.dim(cut(about, room))}`;
    }),
    cursor: index,
    about: [
      noColorText(state, screen),
      lostText(drawPresent(state, screen), drawing),
      matches[index]?.entry.about ?? "",
    ]
      .filter((text) => text !== "")
      .join(". "),
  };
}

/** The note on the list of themes without colours. */
function noColorText(state: EditorState, screen: Screen): string {
  const mode = modeOf(state);
  const isThemes = mode?.name === "choose" && mode.title === "theme";
  return isThemes && screen.terminalOf(state.document.config).colors === 0
    ? "NO_COLOR is set, or the terminal has no colours: all themes look the same here"
    : "";
}

/** A name with the characters that match the filter. */
function markedName(
  { entry, marks }: Match<{ label: string }>,
  width: number,
  here: boolean,
  paint: Paint,
): string {
  const shown = cut(entry.label, width);
  const marked =
    shown === entry.label
      ? Array.from(shown, (character, at) => (marks.has(at) ? paint.match(character) : character)).join("")
      : shown;
  const name = here ? paint.chosen(marked) : marked;
  return name + " ".repeat(Math.max(0, width + 2 - Bun.stringWidth(name)));
}

/** The field of the filter, how many entries match, and a legend. */
function searchHead(
  title: string,
  filter: string,
  count: number,
  total: number,
  { columns }: Screen,
  paint: Paint,
  legend = "",
): string[] {
  const found = `${count} of ${total}`;
  const right = [legend, found].filter((text) => text !== "").join("   ");
  const room = Math.max(8, columns - cells(right) - 6);
  const typed =
    filter === "" ? paint.dim("type to filter") : paint.bold(cut(filter, room - cells(title) - 4));
  const left = `   ${paint.bold(cut(title, 20))}  ${typed}${filter === "" ? "" : "▏"}`;
  const gap = columns - Bun.stringWidth(left) - cells(right) - 2;
  return [gap < 1 ? `${left} ${found}` : `${left}${" ".repeat(gap)}${paint.dim(right)}`];
}
