/** The keys of the first screen on a row of the line. */
import type { RowConfig } from "../../config/config.ts";
import type { Binding } from "../bindings.ts";
import type { Key } from "../keys.ts";
import {
  deleteRow,
  insertRow,
  moveRow,
  putSegment,
  removeSegment,
  type Slot,
  sendSegment,
  shiftSegment,
  slotsOf,
} from "../rows.ts";
import { changeRows } from "../segment-text.ts";
import { type EditorState, notify, open, type PickerAction } from "../state.ts";
import { rowOf, slotOf } from "./cursor.ts";

const onRow = (state: EditorState) => rowOf(state) !== undefined;
const onSegment = (state: EditorState) => slotOf(state)?.name !== undefined;

/** Go to another slot of the row: by one, or to the first or last. */
export function moveColumn(state: EditorState, key: Key): EditorState {
  const slots = slotsOf(rowOf(state) as RowConfig);
  const present = Math.min(state.place.column, slots.length - 1);
  const to =
    { home: 0, end: slots.length - 1, left: present - 1, h: present - 1 }[key as "home"] ?? present + 1;
  const column = Math.max(0, Math.min(slots.length - 1, to));
  return { ...state, place: { ...state.place, column }, message: undefined };
}

const openPicker = (state: EditorState, action: PickerAction): EditorState =>
  open(state, { name: "picker", filter: "", index: 0, action });

/** Change the rows at the cursor. */
function atSlot(
  about: (slot: Slot) => string,
  run: (rows: readonly RowConfig[], line: number, slot: Slot) => ReturnType<typeof deleteRow>,
) {
  return (state: EditorState): EditorState => {
    const slot = slotOf(state);
    if (!slot) return state;
    return changeRows(state, about(slot), run(state.document.config.rows, state.place.line, slot));
  };
}

const named =
  (verb: string) =>
  ({ name = "" }: Slot) =>
    `${verb} ${name}`;

function removeAtCursor(state: EditorState): EditorState {
  const name = slotOf(state)?.name;
  const removed = atSlot(named("remove"), removeSegment)(state);
  return removed.message ? removed : notify(removed, `removed ${name}; u undoes`);
}

const cloneAtCursor = atSlot(named("clone"), (rows, line, slot) =>
  putSegment(rows, line, slot, "after", slot.name ?? ""),
);
const clearRow = atSlot(
  () => "clear a row",
  (rows, line) => ({ rows: rows.with(line, { left: [] }), line, column: 0 }),
);
const cloneRow = atSlot(
  () => "clone a row",
  (rows, line) => insertRow(rows, line + 1, rows[line]),
);

/** Run something with the segment of the cursor, or report an empty place. */
const onSegmentOnly = (state: EditorState, run: (state: EditorState) => EditorState): EditorState =>
  onSegment(state) ? run(state) : notify(state, "no segment in this place");

/** The keys of a row and its segments. */
export const ON_ROW: readonly Binding[] = [
  {
    section: "On a row",
    keys: ["left", "right", "h", "l"],
    label: "←→",
    about: "segment",
    help: "Go to another segment of the row, also with h and l",
    when: onRow,
    run: moveColumn,
  },
  {
    keys: ["a"],
    label: "a",
    about: "add",
    help: "Add a segment after this one; type to filter the list",
    when: onRow,
    run: (state) => openPicker(state, "add"),
  },
  {
    keys: ["enter", "space"],
    label: "enter",
    about: "options",
    help: "Change the options and colours of this segment; in an empty place, add one",
    when: onRow,
    run(state) {
      const reference = slotOf(state)?.name;
      return reference === undefined
        ? openPicker(state, "add")
        : open(state, { name: "form", form: { kind: "options", reference }, index: 0 });
    },
  },
  {
    keys: ["x", "delete", "backspace", "X"],
    label: "x X",
    about: "remove, clear row",
    help: "Remove this segment, also with delete and backspace, or with X all segments of the row",
    when: onRow,
    run: (state, key) => (key === "X" ? clearRow(state) : onSegmentOnly(state, removeAtCursor)),
  },
  {
    keys: ["<", ">", ",", "."],
    label: "< >",
    about: "shift",
    help: "Shift this segment to the left or right, and over the mark ┊ to the other side of the row",
    when: onSegment,
    run: (state, key) =>
      atSlot(named("shift"), (rows, line, slot) =>
        shiftSegment(rows, line, slot, key === "<" || key === "," ? -1 : 1),
      )(state),
  },
  {
    keys: ["[", "]"],
    label: "[ ]",
    about: "to row above, below or new",
    help: "Move this segment to the row above or below; on the last row, ] makes a new one",
    when: onSegment,
    run: (state, key) =>
      atSlot(named("move"), (rows, line, slot) => sendSegment(rows, line, slot, key === "[" ? -1 : 1))(state),
  },
  {
    keys: ["i"],
    label: "i",
    about: "insert",
    help: "Insert a segment before this one",
    when: onRow,
    run: (state) => openPicker(state, "insert"),
  },
  {
    keys: ["r"],
    label: "r",
    about: "replace",
    help: "Put another segment in the place of this one",
    when: onSegment,
    run: (state) => openPicker(state, "replace"),
  },
  {
    keys: ["c", "C"],
    label: "c C",
    about: "clone segment, row",
    help: "Clone this segment, or with C the row; clones share their options",
    when: onRow,
    run: (state, key) => (key === "C" ? cloneRow(state) : onSegmentOnly(state, cloneAtCursor)),
  },
  {
    keys: ["n", "N"],
    label: "n N",
    about: "new row below, above",
    help: "Insert an empty row below, or above with N",
    when: onRow,
    run: (state, key) =>
      atSlot(
        () => "insert a row",
        (rows, line) => insertRow(rows, key === "n" ? line + 1 : line),
      )(state),
  },
  {
    keys: ["d"],
    label: "d",
    about: "delete row",
    help: "Delete this row; the last one stays",
    when: onRow,
    run: atSlot(() => "delete a row", deleteRow),
  },
  {
    keys: ["{", "}"],
    label: "{ }",
    about: "move row",
    help: "Move this row up or down",
    when: onRow,
    run: (state, key) =>
      atSlot(
        () => "move the row",
        (rows, line) => moveRow(rows, line, state.place.column, key === "{" ? -1 : 1),
      )(state),
  },
];
