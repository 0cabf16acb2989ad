/** What the cursor of the first screen is on. */
import type { RowConfig } from "../../config/config.ts";
import type { Item } from "../forms/item.ts";
import { settingItems } from "../forms/settings.ts";
import { type Slot, slotsOf } from "../rows.ts";
import type { EditorState } from "../state.ts";

/** The row of the cursor, or undefined on a setting. */
export const rowOf = (state: EditorState): RowConfig | undefined =>
  state.document.config.rows[state.place.line];

/** The slot of the cursor. */
export function slotOf(state: EditorState): Slot | undefined {
  const row = rowOf(state);
  if (!row) return undefined;
  const slots = slotsOf(row);
  return slots[Math.min(state.place.column, slots.length - 1)];
}

/** The setting of the cursor. */
export const itemOf = (state: EditorState): Item | undefined =>
  settingItems(state)[state.place.line - state.document.config.rows.length];
