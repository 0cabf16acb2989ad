/** The keys of a value: the same on the first screen and in lists of values. */
import type { Binding } from "../bindings.ts";
import { enterItem, type Item, resetItem, stepItem } from "../forms/item.ts";
import type { Key } from "../keys.ts";
import type { EditorState } from "../state.ts";

/** Runs something with the value of the cursor. */
type WithItem = (
  run: (state: EditorState, item: Item, key: Key) => EditorState,
) => (state: EditorState, key: Key) => EditorState;

/** @param at the value of the cursor. @param when it is on a value; default: always */
export const valueBindings = (at: WithItem, when?: (state: EditorState) => boolean): readonly Binding[] => [
  {
    keys: ["left", "right", "h", "l"],
    label: "←→",
    about: "change",
    help: "Take the value before or after; a number is counted down or up",
    ...(when ? { when } : {}),
    run: at((state, item, key) => stepItem(state, item, key === "left" || key === "h" ? -1 : 1)),
  },
  {
    keys: ["enter", "space"],
    label: "enter",
    about: "choose",
    help: "Choose from a list with preview, type a value, or open the screen",
    ...(when ? { when } : {}),
    run: at((state, item) => enterItem(state, item)),
  },
  {
    keys: ["x", "delete", "backspace"],
    label: "x",
    about: "reset",
    help: "Return to the default: the setting leaves the file",
    ...(when ? { when } : {}),
    run: at((state, item) => resetItem(state, item)),
  },
];
