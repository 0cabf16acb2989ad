/** Screens to read: the keys of the screen below, and what installing into Claude Code changes. */
import { type Binding, frontMode, LIST_STEPS } from "../bindings.ts";
import { close, type EditorState, withMode } from "../state.ts";

const scroll = (state: EditorState, key: string): EditorState => {
  const mode = frontMode(state, "help") ?? frontMode(state, "install");
  // The end is not known here: the view stops at it.
  const step = Math.max(-1000, Math.min(1000, LIST_STEPS[key] ?? 0));
  return mode ? withMode(state, { ...mode, scroll: Math.max(0, Math.min(1000, mode.scroll + step)) }) : state;
};

const BACK: Binding = {
  keys: ["q", "escape", "ctrl-c", "n"],
  label: "q",
  about: "back",
  help: "Back to the screen before",
  run: close,
};

const SCROLL: Binding = {
  keys: Object.keys(LIST_STEPS),
  label: "↑↓",
  about: "scroll",
  help: "Scroll; home, end, page up and page down go further",
  run: scroll,
};

/** The keys of the help screen. */
export const HELP_SCREEN: readonly Binding[] = [
  { ...BACK, keys: [...BACK.keys, "?", "f1", "enter"], label: "q ?" },
  SCROLL,
];

const canInstall = (state: EditorState) => frontMode(state, "install")?.plan.present !== "ours";

/** The keys of the screen that installs into Claude Code. */
export const INSTALL: readonly Binding[] = [
  {
    keys: ["y"],
    label: "y",
    about: "write it",
    help: "Write the change to Claude Code's settings; a backup is kept",
    when: canInstall,
    run(state) {
      const replace = frontMode(state, "install")?.plan.present === "other";
      return { ...close(state), effect: { kind: "install", replace } };
    },
  },
  BACK,
  SCROLL,
];
