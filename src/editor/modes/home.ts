/** The first screen: the rows of the line, then the settings. */
import { type Binding, COMMON } from "../bindings.ts";
import type { Item } from "../forms/item.ts";
import { hasOwnRows, startOver, takePresetRows } from "../forms/preset.ts";
import { settingItems } from "../forms/settings.ts";
import type { Key } from "../keys.ts";
import { type EditorState, notify } from "../state.ts";
import { itemOf, rowOf } from "./cursor.ts";
import { moveColumn, ON_ROW } from "./row-keys.ts";
import { valueBindings } from "./value-keys.ts";

const onItem = (state: EditorState) => rowOf(state) === undefined;

const UP_DOWN: Readonly<Record<Key, number>> = {
  up: -1,
  k: -1,
  down: 1,
  j: 1,
  "page-up": -8,
  "page-down": 8,
  home: Number.NEGATIVE_INFINITY,
  end: Number.POSITIVE_INFINITY,
};

function moveLine(state: EditorState, key: Key): EditorState {
  if ((key === "home" || key === "end") && rowOf(state)) return moveColumn(state, key);
  const { place, document } = state;
  const last = document.config.rows.length + settingItems(state).length - 1;
  const line = Math.max(0, Math.min(last, place.line + (UP_DOWN[key] ?? 0)));
  return { ...state, place: { ...place, line }, message: undefined };
}

const withItem =
  (run: (state: EditorState, item: Item, key: Key) => EditorState) => (state: EditorState, key: Key) => {
    const item = itemOf(state);
    return item ? run(state, item, key) : state;
  };

/** The keys of the first screen. */
export const HOME: readonly Binding[] = [
  ...COMMON,
  {
    keys: Object.keys(UP_DOWN),
    label: "↑↓",
    about: "line",
    help: "Go to another row or setting, also with j and k; page up and page down go further; home and end go to the first and last",
    run: moveLine,
  },
  ...ON_ROW,
  ...valueBindings(withItem, (state) => (onItem(state) ? itemOf(state) : undefined)),
  {
    keys: ["o"],
    label: "o",
    about: "preset's rows",
    help: "Replace your own rows by those of the preset",
    when: (state) => itemOf(state)?.label === "preset",
    run: (state) =>
      hasOwnRows(state) ? takePresetRows(state) : notify(state, "the rows are the preset's already"),
  },
  {
    keys: ["O"],
    label: "O",
    about: "start over",
    help: "Remove your own rows, options of segments, theme, style, icons, bar and colours: the line is the preset's",
    when: (state) => itemOf(state)?.label === "preset",
    run: startOver,
  },
];
