/** Choosing one value of a list: the preview shows each; printable keys filter. */
import { type Binding, frontMode } from "../bindings.ts";
import { filterEntries, type Match } from "../filter.ts";
import { type ChoiceEntry, close, type EditorState } from "../state.ts";
import { filterBindings } from "./picker.ts";

/** @returns the matching values, and the index of the chosen one */
export function choicesOf(state: EditorState): {
  matches: Match<ChoiceEntry>[];
  index: number;
  total: number;
} {
  const mode = frontMode(state, "choose");
  const entries = mode?.entries ?? [];
  const matches = filterEntries(entries, mode?.filter ?? "");
  return {
    matches,
    index: Math.max(0, Math.min(matches.length - 1, mode?.index ?? 0)),
    total: entries.length,
  };
}

/** @returns the state with the chosen value */
export function takeChoice(state: EditorState): EditorState {
  const { matches, index } = choicesOf(state);
  const entry = matches[index]?.entry;
  return entry ? entry.choose(close(state)) : state;
}

/** The keys of a list of choices. */
export const CHOOSE: readonly Binding[] = filterBindings(
  "take",
  "Take the chosen value",
  takeChoice,
  (state) => {
    const { matches, index } = choicesOf(state);
    return { index, count: matches.length };
  },
);
