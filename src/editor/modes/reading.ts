/** Screens to read: the keys of the screen below, and what installing into Claude Code changes. */
import { type Binding, frontMode, LIST_STEPS, moved } from "../bindings.ts";
import type { Effect, InstallPlan } from "../effects.ts";
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

const planOf = (state: EditorState) => frontMode(state, "install")?.plan;

const isInstalling = (state: EditorState): boolean => planOf(state)?.removes !== true;

/** What a key of the plan asks for, the plan closed. */
const ask =
  (effect: (plan: InstallPlan, key: string) => Effect) =>
  (state: EditorState, key: string): EditorState => {
    const plan = planOf(state);
    return plan ? { ...close(state), effect: effect(plan, key) } : state;
  };

/** Seconds. */
const REFRESH_STEPS = [1, 2, 3, 5, 10, 15, 30, 60, 120, 300];

function otherRefresh({ refresh = 10 }: InstallPlan, key: string): number {
  const next =
    key === "left"
      ? REFRESH_STEPS.findLast((seconds) => seconds < refresh)
      : REFRESH_STEPS.find((seconds) => seconds > refresh);
  return next ?? refresh;
}

/** The keys of the screen that installs into Claude Code. */
export const INSTALL: readonly Binding[] = [
  BACK,
  {
    keys: ["y"],
    label: "y",
    about: "write it",
    help: "Write the change to Claude Code's settings; a backup is kept",
    when: (state) => (planOf(state)?.diff.length ?? 0) > 0,
    run: ask(({ removes, present, refresh }) =>
      removes ? { kind: "uninstall" } : { kind: "install", replace: present === "other", refresh },
    ),
  },
  {
    keys: ["left", "right"],
    label: "←→",
    about: "refresh",
    help: "Have Claude Code redraw the line more or less often, also when nothing happens",
    when: isInstalling,
    run: ask((plan, key) => ({ kind: "plan-install", refresh: otherRefresh(plan, key) })),
  },
  {
    keys: ["x"],
    label: "x",
    about: "remove the line",
    help: "Show the change that removes the line from Claude Code's settings; what it replaced is restored",
    when: (state) => isInstalling(state) && planOf(state)?.present === "ours",
    run: ask(() => ({ kind: "plan-uninstall" })),
  },
  SCROLL,
];
