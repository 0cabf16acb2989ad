/** The preset: choosing another, keeping the user's own rows or not, and starting over. */
import { leaveRowsToPreset } from "../../config-file/preset-change.ts";
import { PRESET_NAMES, PRESETS, type PresetName, rowsAreOfPreset } from "../../config-file/presets.ts";
import { isSet, withoutValue, withValue } from "../document.ts";
import { change, type EditorState, notify, open } from "../state.ts";
import { type Item, namedChoices } from "./item.ts";

/** @returns the preset, and whether the user's own rows stay */
export function presetItem(state: EditorState): Item {
  const { preset } = state.document;
  const own = hasOwnRows(state) && rowsAreOfPreset(state.document.config.rows) === undefined;
  const stay = own ? ". Your own rows stay; enter asks whether to take the preset's" : "";
  return {
    label: "preset",
    about: `${PRESETS[preset].about}${own ? ". Your own rows stay; o takes the preset's" : ""}`,
    path: ["preset"],
    value: preset,
    base: "default",
    shown: own ? `${preset}, own rows` : preset,
    shownBase: "default",
    edit: {
      kind: "choice",
      choices: namedChoices(PRESET_NAMES, (name) => `${PRESETS[name as PresetName].about}${stay}`),
    },
    set: (before, value) => setPreset(before, value as PresetName),
    choose: (before, value) => askForRows(before, setPreset(before, value as PresetName)),
    reset: (before) => setPreset(before, "default"),
  };
}

/**
 * After a preset was chosen from the list: ask what to do with the user's own rows.
 * @param first the state before the choice
 */
function askForRows(first: EditorState, state: EditorState): EditorState {
  if (!hasOwnRows(state)) return state;
  const take = (before: EditorState): EditorState => {
    const taken = takePresetRows(before);
    // One step of the history with the preset.
    return before.past.length > first.past.length ? { ...taken, past: before.past } : taken;
  };
  return open(state, {
    name: "confirm",
    question: `The preset is ${state.document.preset}. Your own rows are still in the file: keep them?`,
    answers: [
      { keys: ["k", "enter", "escape", "ctrl-c"], about: "keep your rows", run: (before) => before },
      { keys: ["t"], about: "take the preset's", run: take },
    ],
  });
}

/** What a preset sets, and what changes the look of its line. */
const LOOK_KEYS = ["rows", "segments", "bar", "theme", "style", "icons", "separator", "colors"];

/** Remove rows, looks and options of segments from the file: the line is the preset's. */
export function startOver(state: EditorState): EditorState {
  const { preset } = state.document;
  const changed = change(state, "start over", (text) =>
    LOOK_KEYS.reduce((before, key) => withoutValue(before, state.saved, [key]), text),
  );
  if (changed.message) return changed;
  return notify(
    changed,
    changed.document === state.document
      ? `the line is that of the preset ${preset} already`
      : `the line is that of the preset ${preset} now; u undoes it`,
  );
}

/** Set the preset. Rows that equal a preset's are left to the new one; the user's own stay. */
function setPreset(state: EditorState, name: PresetName): EditorState {
  const changed = change(state, `preset ${name}`, (text) => {
    const named = withValue(text, state.saved, ["preset"], name, name === "default");
    return leaveRowsToPreset(named, { own: false }).text;
  });
  return hasOwnRows(changed) && !changed.message
    ? notify(changed, "your own rows stay; o takes the rows of the preset")
    : changed;
}

/** Whether the file has rows of its own, which a preset does not change. */
export const hasOwnRows = ({ document: { text } }: EditorState): boolean => isSet(text, ["rows"]);

/** Replace the user's rows by those of the preset. */
export const takePresetRows = (state: EditorState): EditorState =>
  hasOwnRows(state)
    ? change(state, "take the preset's rows", (text) => leaveRowsToPreset(text, { own: true }).text)
    : notify(state, "the rows are the preset's already");
