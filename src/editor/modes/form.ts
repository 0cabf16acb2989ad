/** A list of values to change: the options of a segment, colours, refresh times, commands. */
import { type Binding, COMMON_BACK, frontMode, LIST_KEYS, moved } from "../bindings.ts";
import { formItems } from "../forms/index.ts";
import type { Item } from "../forms/item.ts";
import type { Key } from "../keys.ts";
import { type EditorState, withMode } from "../state.ts";
import { valueBindings } from "./value-keys.ts";

/** The values of the list in front, and the one of the cursor. */
export function formOf(state: EditorState): {
  items: readonly Item[];
  index: number;
  item?: Item | undefined;
} {
  const mode = frontMode(state, "form");
  const items = mode ? formItems(state, mode.form) : [];
  const index = Math.max(0, Math.min(items.length - 1, mode?.index ?? 0));
  return { items, index, item: items[index] };
}

const withItem =
  (run: (state: EditorState, item: Item, key: Key) => EditorState) => (state: EditorState, key: Key) => {
    const { item } = formOf(state);
    return item ? run(state, item, key) : state;
  };

/** The keys of a list of values. */
export const FORM: readonly Binding[] = [
  ...COMMON_BACK,
  {
    keys: [...LIST_KEYS, "k", "j"],
    label: "↑↓",
    about: "line",
    help: "Go to another value, also with j and k; home, end, page up and page down go further",
    run(state, key) {
      const mode = frontMode(state, "form");
      if (!mode) return state;
      const { items, index } = formOf(state);
      const step = key === "k" ? "up" : key === "j" ? "down" : key;
      return withMode({ ...state, message: undefined }, { ...mode, index: moved(index, step, items.length) });
    },
  },
  ...valueBindings(withItem, (state) => formOf(state).item),
];
