/**
 * Tables of keys: the source of what a key does, of the footer and of the help screen.
 */
import { redo, undo } from "./history.ts";
import type { Key } from "./keys.ts";
import { close, type EditorState, isChanged, modeOf, notify, open } from "./state.ts";

export interface Binding {
  readonly keys: readonly Key[];
  /** The keys as the footer shows them. */
  readonly label: string;
  /** What it does, in a word or two, for the footer. */
  readonly about: string;
  /** What it does, in a sentence, for the help screen. */
  readonly help: string;
  /** The heading on the help screen; without one, that of the binding before. */
  readonly section?: string;
  /** Whether the key has this meaning now. Default: always. */
  when?(state: EditorState): boolean;
  run(state: EditorState, key: Key): EditorState;
}

/** @returns the binding of a key, if it has one now */
export const bindingOf = (bindings: readonly Binding[], state: EditorState, key: Key): Binding | undefined =>
  bindings.find(({ keys, when }) => keys.includes(key) && (when === undefined || when(state)));

/** @returns the bindings that have a meaning now */
export const activeBindings = (bindings: readonly Binding[], state: EditorState): readonly Binding[] =>
  bindings.filter(({ when }) => when === undefined || when(state));

const SAVE: Binding = {
  keys: ["s", "ctrl-s"],
  label: "s",
  about: "save",
  help: "Write the changes to the file, after asking",
  run: askToSave,
};

const LEAVE: Binding = {
  keys: ["q", "ctrl-c"],
  label: "q",
  about: "leave",
  help: "Leave the editor, also with ctrl-c; asks when there are changes",
  run: (state) => (isChanged(state) ? askToLeave(state) : { ...state, outcome: "left" }),
};

const BACK: Binding = {
  keys: ["q", "escape", "ctrl-c"],
  label: "q",
  about: "back",
  help: "Back to the screen before; changes are kept",
  run: close,
};

const openHelp = (state: EditorState): EditorState => open(state, { name: "help", scroll: 0 });

const HELP: Binding = {
  keys: ["?", "f1"],
  label: "?",
  about: "help",
  help: "List the keys of this screen",
  run: openHelp,
};

const UNDO: Binding = {
  keys: ["u", "U", "ctrl-y"],
  label: "u U",
  about: "undo, redo",
  help: "Undo the last change, or do again what was undone; all changes of the configuration can be undone",
  run: (state, key) => (key === "u" ? undo(state) : redo(state)),
};

const SAMPLE: Binding = {
  keys: ["tab", "shift-tab"],
  label: "tab",
  about: "sample",
  help: "Preview the next sample session; shift-tab the one before. Your last session is among them",
  run: nextSample,
};

/** On the first screen and in lists of values. They come first. */
export const COMMON: readonly Binding[] = [SAVE, LEAVE, HELP, UNDO, SAMPLE];
export const COMMON_BACK: readonly Binding[] = [SAVE, BACK, HELP, UNDO, SAMPLE];

/** Where letters are typed. */
export const COMMON_TYPING: readonly Binding[] = [
  { ...SAVE, keys: ["ctrl-s"], label: "^s" },
  { ...HELP, keys: ["?", "f1"] },
  SAMPLE,
];

export const HELP_WHILE_TYPING: Binding = { ...HELP, keys: ["f1"], label: "F1" };

function nextSample(state: EditorState, key: Key): EditorState {
  const { samples, sample } = state;
  const by = key === "tab" ? 1 : -1;
  const next = samples[(samples.indexOf(sample) + by + samples.length) % samples.length];
  return { ...state, sample: next ?? sample };
}

/** Ask before writing. */
function askToSave(state: EditorState): EditorState {
  if (!isChanged(state)) return notify(state, "nothing to save");
  return open(state, {
    name: "confirm",
    question: "Save the changes?",
    answers: [
      { keys: ["y", "enter"], about: "save and leave", run: (before) => saved(before, true) },
      { keys: ["e"], about: "save and continue", run: (before) => saved(before, false) },
      { keys: ["n", "escape", "ctrl-c"], about: "back", run: (before) => before },
    ],
  });
}

function askToLeave(state: EditorState): EditorState {
  return open(state, {
    name: "confirm",
    question: "Leave without saving?",
    answers: [
      { keys: ["y"], about: "leave", run: (before) => ({ ...before, outcome: "left" }) },
      { keys: ["s"], about: "save and leave", run: (before) => saved(before, true) },
      { keys: ["n", "escape", "ctrl-c"], about: "back", run: (before) => before },
    ],
  });
}

/** @param force overwrite a file that has changed since it was opened */
function saved(state: EditorState, leave: boolean, force = false): EditorState {
  const expected = state.fileExists ? state.saved : undefined;
  return { ...state, effect: { kind: "save", text: state.document.text, expected, force, leave } };
}

/** The file is not what it was when it was opened: ask. */
export function askToOverwrite(
  state: EditorState,
  leave: boolean,
  change: "edited" | "removed",
): EditorState {
  const [question, about] =
    change === "edited"
      ? [
          "The file has changed since it was opened. Overwrite it?",
          "overwrite; the other version is kept as .bak",
        ]
      : ["The file was removed since it was opened. Write it?", "write it"];
  return open(state, {
    name: "confirm",
    question,
    answers: [
      {
        keys: ["y"],
        about,
        run: (before) => saved(before, leave, true),
      },
      { keys: ["n", "escape", "ctrl-c", "enter"], about: "back", run: (before) => before },
    ],
  });
}

/** Keys that move in a list, and by how much; a page is 10. */
export const LIST_STEPS: Readonly<Record<Key, number>> = {
  up: -1,
  down: 1,
  "page-up": -10,
  "page-down": 10,
  home: Number.NEGATIVE_INFINITY,
  end: Number.POSITIVE_INFINITY,
};

export const LIST_KEYS = Object.keys(LIST_STEPS);

/** @returns an index of a list of `count`, after a key of LIST_STEPS */
export const moved = (index: number, key: Key, count: number): number =>
  Math.max(0, Math.min(count - 1, index + (LIST_STEPS[key] ?? 0)));

/** @returns the form, picker, … in front if it has this name */
export function frontMode<const Name extends string>(state: EditorState, name: Name) {
  const mode = modeOf(state);
  return mode?.name === name ? (mode as Extract<typeof mode, { name: Name }>) : undefined;
}
