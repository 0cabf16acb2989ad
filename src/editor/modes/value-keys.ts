/** The keys of a value: the same on the first screen and in lists of values. */
import type { Binding } from "../bindings.ts";
import { enterItem, type Item, resetItem, stepItem } from "../forms/item.ts";
import type { Key } from "../keys.ts";
import type { EditorState } from "../state.ts";

/** Runs something with the value of the cursor. */
type WithItem = (
  run: (state: EditorState, item: Item, key: Key) => EditorState,
) => (state: EditorState, key: Key) => EditorState;

/**
 * @param at runs with the value of the cursor
 * @param item the value of the cursor, if it is on one
 */
export const valueBindings = (
  at: WithItem,
  item: (state: EditorState) => Item | undefined,
): readonly Binding[] => [
  {
    section: "On a setting",
    keys: ["left", "right", "h", "l"],
    label: "←→",
    about: "change",
    help: "Take the value before or after; a number is counted down or up",
    when: (state) => ["choice", "number"].includes(item(state)?.edit.kind ?? ""),
    run: at((state, value, key) => stepItem(state, value, key === "left" || key === "h" ? -1 : 1)),
  },
  {
    keys: ["enter", "space"],
    label: "enter",
    about: "edit",
    help: "Choose from a list with preview, type a value, or open the screen",
    when: (state) => item(state) !== undefined,
    run: at((state, value) => enterItem(state, value)),
  },
  {
    keys: ["x", "delete", "backspace"],
    label: "x",
    about: "reset",
    help: "Return to the default: the setting leaves the file",
    when(state) {
      const value = item(state);
      return value?.path !== undefined || value?.reset !== undefined;
    },
    run: at((state, value) => resetItem(state, value)),
  },
];
