/** Screens to read: the keys of the screen below, and what installing into Claude Code changes. */
import { type Binding, frontMode, LIST_STEPS, moved } from "../bindings.ts";
import { close, type EditorState, withMode } from "../state.ts";

/** Lines of the longest help screen in a narrow terminal. */
const LONGEST_HELP = 60;

const scroll = (state: EditorState, key: string): EditorState => {
  const mode = frontMode(state, "help") ?? frontMode(state, "install");
  // How many lines there are depends on the terminal: the view stops at the last.
  const most = mode?.name === "install" ? mode.plan.diff.length + 10 : LONGEST_HELP;
  return mode ? withMode(state, { ...mode, scroll: moved(mode.scroll, key, most) }) : state;
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
