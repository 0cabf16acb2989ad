/** Choosing a segment to add: printable keys filter the list. */
import { SEGMENTS } from "../../line/segments/index.ts";
import { type Binding, COMMON_TYPING, frontMode, LIST_KEYS, moved } from "../bindings.ts";
import { filterEntries, type Match } from "../filter.ts";
import { defineCommand } from "../forms/commands.ts";
import { putSegment } from "../rows.ts";
import { changeRows } from "../segment-text.ts";
import { close, type EditorState, open, type PickerAction, withMode } from "../state.ts";
import { slotOf } from "./cursor.ts";

/** A segment that can be added. */
export interface PickerEntry {
  /** As rows name it; "text:" and "command:" ask for more. */
  readonly label: string;
  readonly about: string;
}

/** @returns all that can be added: segments, the user's commands, and what asks for more */
function pickerEntries({ document: { config } }: EditorState): PickerEntry[] {
  return SEGMENTS.flatMap(({ name, about, argument }): PickerEntry[] => {
    if (argument === undefined) return [{ label: name, about }];
    if (name === "text") return [{ label: "text:", about: "A text of your own" }];
    const own = Object.entries(config.commands).map(([command, { run }]) => ({
      label: `${name}:${command}`,
      about: `Output of ${run[0]}`,
    }));
    return [...own, { label: "command:", about: "Output of a program of your own, to be defined" }];
  });
}

/** @returns the matching entries, and the index of the chosen one */
export function pickerOf(state: EditorState): {
  matches: Match<PickerEntry>[];
  index: number;
  total: number;
} {
  const mode = frontMode(state, "picker");
  const entries = pickerEntries(state);
  const matches = filterEntries(entries, mode?.filter ?? "");
  return {
    matches,
    index: Math.max(0, Math.min(matches.length - 1, mode?.index ?? 0)),
    total: entries.length,
  };
}

const WHERE = { add: "after", insert: "before", replace: "instead" } as const;

/** @returns the state with the chosen segment added, or with a field for its missing argument */
export function pickChosen(state: EditorState): EditorState {
  const mode = frontMode(state, "picker");
  const { matches, index } = pickerOf(state);
  const label = matches[index]?.entry.label;
  if (!mode || label === undefined) return state;
  const put = (before: EditorState, reference: string) => putAtCursor(before, mode.action, reference);
  const closed = close(state);
  if (label === "command:") return defineCommand(closed, (after, name) => put(after, `command:${name}`));
  if (label !== "text:") return put(closed, label);
  return open(closed, {
    name: "input",
    title: "text",
    hint: "what the segment shows; it stays the same",
    value: "",
    cursor: 0,
    submit(before, text) {
      if (text === "") return { error: "the text is missing" };
      const after = put(before, `text:${text}`);
      return after.message?.isError ? { error: after.message.text } : after;
    },
  });
}

function putAtCursor(state: EditorState, action: PickerAction, reference: string): EditorState {
  const slot = slotOf(state);
  if (!slot) return state;
  const { rows } = state.document.config;
  return changeRows(
    state,
    `${action} ${reference}`,
    putSegment(rows, state.place.line, slot, WHERE[action], reference),
  );
}

/** The list with a filter in front. */
const filtered = (state: EditorState) => frontMode(state, "picker") ?? frontMode(state, "choose");

function setFilter(state: EditorState, change: (filter: string) => string): EditorState {
  const mode = filtered(state);
  return mode ? withMode(state, { ...mode, filter: change(mode.filter), index: 0 }) : state;
}

/** @returns the state with another filter, the best match chosen */
export const typeFilter = (state: EditorState, typed: string): EditorState =>
  setFilter(state, (filter) => filter + typed);

/** Keys of a filtered list. @param choose takes the chosen entry. @param count how many match */
export const filterBindings = (
  about: string,
  help: string,
  choose: (state: EditorState) => EditorState,
  count: (state: EditorState) => { index: number; count: number },
): readonly Binding[] => [
  {
    keys: ["escape", "ctrl-c"],
    label: "esc",
    about: "clear filter",
    help: "Clear the filter",
    when: (state) => filtered(state)?.filter !== "",
    run: (state) => setFilter(state, () => ""),
  },
  {
    keys: ["escape", "ctrl-c"],
    label: "esc",
    about: "back",
    help: "Back without a change",
    when: (state) => filtered(state)?.filter === "",
    run: close,
  },
  {
    keys: ["enter"],
    label: "enter",
    about,
    help,
    run: choose,
  },
  ...COMMON_TYPING,
  {
    keys: LIST_KEYS,
    label: "↑↓",
    about: "move",
    help: "Go to another entry; home, end, page up and page down go further",
    run(state, key) {
      const mode = filtered(state);
      const { index, count: entries } = count(state);
      return mode ? withMode(state, { ...mode, index: moved(index, key, entries) }) : state;
    },
  },
  {
    keys: ["backspace", "ctrl-u"],
    label: "bksp",
    about: "shorten",
    help: "Delete the last character of the filter; ctrl-u deletes all of it",
    run: (state, key) =>
      setFilter(state, (filter) => (key === "ctrl-u" ? "" : [...filter].slice(0, -1).join(""))),
  },
];

/** The keys of the picker. */
export const PICKER: readonly Binding[] = filterBindings(
  "add",
  "Put the chosen segment into the row",
  pickChosen,
  (state) => {
    const { matches, index } = pickerOf(state);
    return { index, count: matches.length };
  },
);
