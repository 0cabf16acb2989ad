/** The rows of the state: changes to them, as steps of the history. */
import { baseOf } from "./document.ts";
import type { RowsChange } from "./rows.ts";
import { withRows } from "./rows-text.ts";
import { change, type EditorState } from "./state.ts";

/**
 * Change the rows and move the cursor.
 * @param to undefined: nothing can be done
 */
export function changeRows(state: EditorState, about: string, to: RowsChange | undefined): EditorState {
  if (!to) return { ...state, message: { text: `cannot ${about} any further`, isError: false } };
  const base = baseOf(state.document).rows;
  const changed = change(state, about, (text) => withRows(text, state.saved, to.rows, base));
  if (changed.message?.isError) return changed;
  return { ...changed, place: { line: to.line, column: to.column } };
}

/** Give the segment of the cursor another reference, and keep its options screen open for that. */
export function renameSegment(state: EditorState, reference: string, other: string): EditorState {
  const rows = state.document.config.rows;
  const { line, column } = state.place;
  const rename = (names: readonly string[]) => names.map((name) => (name === reference ? other : name));
  const renamed = rows.map((row, index) =>
    index !== line
      ? row
      : { left: rename(row.left), ...(row.right === undefined ? {} : { right: rename(row.right) }) },
  );
  const changed = changeRows(state, `change ${reference}`, { rows: renamed, line, column });
  return {
    ...changed,
    modes: changed.modes.map((mode) =>
      mode.name === "form" && mode.form.kind === "options" && mode.form.reference === reference
        ? { ...mode, form: { kind: "options", reference: other } }
        : mode,
    ),
  };
}
