/** Which segments of the rows the preview shows, and what to do about one that has no room. */
import { printable } from "../../cli/characters.ts";
import type { Config, RowConfig } from "../../config/config.ts";
import type { Drawing, SegmentOutcome } from "../../line/layout/line.ts";
import { findSegment } from "../../line/segments/index.ts";
import { slotOf } from "../modes/cursor.ts";
import { slotsOf } from "../rows.ts";
import type { EditorState } from "../state.ts";

/** @returns what the preview has of a row's segments, in their order */
const outcomesOf = ({ outcomes }: Drawing, row: number) => outcomes.filter((outcome) => outcome.row === row);

const isDropped = ({ placed }: SegmentOutcome): boolean => placed?.placement === "dropped";

/** @returns for each segment of a row whether the preview lacks it */
export const absentIn = (drawing: Drawing, row: number): boolean[] =>
  outcomesOf(drawing, row).map((outcome) => outcome.placed === undefined || isDropped(outcome));

/** @returns what the preview has of the segment of the cursor */
export function outcomeAtCursor(state: EditorState, drawing: Drawing): SegmentOutcome | undefined {
  const slot = slotOf(state);
  if (slot?.name === undefined) return undefined;
  const row = state.document.config.rows[state.place.line] as RowConfig;
  const order = slotsOf(row)
    .filter(({ name }) => name !== undefined)
    .findIndex(({ side, index }) => side === slot.side && index === slot.index);
  return outcomesOf(drawing, state.place.line)[order];
}

function priorityOf({ segments }: Config, reference: string): number {
  const segment = findSegment(reference)?.segment;
  return segments[reference]?.priority ?? segments[segment?.name ?? ""]?.priority ?? segment?.priority ?? 0;
}

/**
 * @param drawing of the state's document
 * @returns why the segment of the cursor has no room and what helps; undefined if it has room or is absent
 */
export function roomHint(state: EditorState, drawing: Drawing): string | undefined {
  const outcome = outcomeAtCursor(state, drawing);
  if (!outcome || !isDropped(outcome)) return undefined;
  const { config } = state.document;
  const shown = outcomesOf(drawing, outcome.row)
    .filter((each) => each.placed !== undefined && !isDropped(each))
    .map(({ reference }) => priorityOf(config, reference));
  const lowest = shown.length === 0 ? "" : `, the lowest shown is ${Math.min(...shown)}`;
  return `no room in row ${outcome.row + 1} at this width: ] moves it to ${nextRow(state, outcome)}; priority ${priorityOf(config, outcome.reference)}${lowest}`;
}

const nextRow = ({ document }: EditorState, { row }: SegmentOutcome): string =>
  row + 1 < document.config.rows.length ? "the next row" : "a new row";

/**
 * @param after the state with the chosen segment in its row, which the cursor is on
 * @param drawing of it
 * @returns why the preview does not show it; undefined if it does
 */
export function choiceHint(after: EditorState, drawing: Drawing): string | undefined {
  const outcome = outcomeAtCursor(after, drawing);
  if (!outcome) return undefined;
  if (isDropped(outcome))
    return `no room in row ${outcome.row + 1} at this width: add it, then ] moves it to ${nextRow(after, outcome)}`;
  return outcome.placed === undefined ? "not in this sample session; tab shows another one" : undefined;
}

/** At most so many are named. */
const MAX_NAMED = 3;

/** @returns which segments have no room any more after a change, as text; empty for none */
export function lostText(before: Drawing, after: Drawing): string {
  const dropped = ({ outcomes }: Drawing) => outcomes.filter(isDropped).map(({ reference }) => reference);
  const known = dropped(before);
  const lost = dropped(after).filter((reference) => !known.includes(reference));
  if (lost.length === 0) return "";
  const more = lost.length > MAX_NAMED ? ` and ${lost.length - MAX_NAMED} more` : "";
  return `no room any more: ${printable(lost.slice(0, MAX_NAMED).join(", "))}${more}`;
}
