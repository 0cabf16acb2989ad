/** The first screen: the line's rows and the settings. */
import { printable } from "../../cli/characters.ts";
import type { RowConfig } from "../../config/config.ts";
import { cutEnd } from "../../line/layout/cells.ts";
import type { Drawing } from "../../line/layout/line.ts";
import { findSegment } from "../../line/segments/index.ts";
import { settingItems } from "../forms/settings.ts";
import { itemOf, slotOf } from "../modes/cursor.ts";
import { slotsOf } from "../rows.ts";
import type { EditorState } from "../state.ts";
import { type Body, describeItem, itemLines } from "./lists.ts";
import type { Paint } from "./paint.ts";
import type { Screen } from "./preview.ts";
import { absentIn, outcomeAtCursor, roomHint } from "./room.ts";

/** Between the two sides of a row. */
const DIVIDER = "┊";
const LONGEST_NAME = 24;

/** @param drawing what of the segments the preview shows */
export function homeBody(state: EditorState, drawing: Drawing, screen: Screen, paint: Paint): Body {
  const { columns } = screen;
  const { rows } = state.document.config;
  const { line } = state.place;
  const absences = rows.map((_, index) => absentIn(drawing, index));
  const lines = rows.map((row, index) => {
    const here = index === line;
    const absent = absences[index] ?? [];
    const label = `${here ? "›" : " "} row ${index + 1}  `;
    return ` ${label}${rowText(row, here ? state.place.column : undefined, absent, columns - 10, paint)}`;
  });
  const items = settingItems(state);
  const settings = itemLines(state, items, line - rows.length, screen, paint);
  return {
    legend: legendOf(rows, absences.flat().includes(true), paint),
    lines: [...lines, "", ...settings],
    cursor: line < rows.length ? line : line + 1,
    about: line < rows.length ? describeSlot(state, drawing) : describeItem(itemOf(state)),
  };
}

/** The segments of a row; if they are too many, those around the cursor. */
function rowText(
  row: RowConfig,
  cursor: number | undefined,
  absent: readonly boolean[],
  width: number,
  paint: Paint,
): string {
  const slots = slotsOf(row);
  const at = cursor === undefined ? undefined : Math.min(cursor, slots.length - 1);
  let position = 0;
  const pieces = slots.map(({ side, index, name }, slot) => {
    const isAbsent = name !== undefined && absent[position++] === true;
    const text = name === undefined ? "+" : cutEnd(printable(name), LONGEST_NAME, "…");
    const chosen = slot === at;
    const present = name === undefined ? paint.dim(text) : isAbsent ? paint.absent(text) : text;
    const painted = chosen ? paint.chosen(text) : present;
    const before = side === "right" && index === 0 ? `${paint.dim(DIVIDER)} ` : "";
    return { painted: before + painted, width: Bun.stringWidth(before + painted) + 1 };
  });
  const widthOf = (from: number, to: number) =>
    pieces.slice(from, to + 1).reduce((sum, piece) => sum + piece.width, 0);
  let from = 0;
  while (at !== undefined && from < at && widthOf(from, at) > width - 4) from += 1;
  let to = at ?? from;
  while (to + 1 < pieces.length && widthOf(from, to + 1) <= width - 4) to += 1;
  const shown = pieces.slice(from, to + 1).map(({ painted }) => painted);
  return [...(from > 0 ? ["…"] : []), ...shown, ...(to + 1 < pieces.length ? ["…"] : [])].join(" ");
}

function describeSlot(state: EditorState, drawing: Drawing): string {
  const slot = slotOf(state);
  if (slot?.name === undefined)
    return slot?.side === "right"
      ? "The right side of the row is empty: a adds a segment that ends at the right edge"
      : "The left side of the row is empty: a adds a segment";
  const segment = findSegment(slot.name)?.segment;
  const hint = roomHint(state, drawing);
  if (hint !== undefined) return `${slot.name}: ${hint}`;
  const isAbsent = segment !== undefined && outcomeAtCursor(state, drawing)?.placed === undefined;
  const why = isAbsent ? ` (not in this sample: ${segment.absent})` : "";
  return `${slot.name}${why}: ${segment?.about ?? "unknown"}`;
}

/** @returns what the signs of the rows mean, as far as they are on the screen */
function legendOf(rows: readonly RowConfig[], isAnyAbsent: boolean, paint: Paint): string {
  const slots = rows.flatMap(slotsOf);
  const isEmpty = slots.some(({ name }) => name === undefined);
  return [
    isEmpty ? "┊ right side  + empty: a adds" : "┊ right side",
    ...(isAnyAbsent ? [`${paint.absentSign}: not shown`] : []),
  ].join("  ");
}
