/** Screens without a list: a field for text, the help screen, and what installing changes. */
import { printable } from "../../cli/characters.ts";
import { cells, takeEnd, takeStart } from "../../line/layout/cells.ts";
import type { InstallPlan } from "../effects.ts";
import type { EditorState, InputMode } from "../state.ts";
import { helpLines } from "./footer.ts";
import type { Body } from "./lists.ts";
import { cut, type Paint, wrapWords } from "./paint.ts";
import type { Screen } from "./preview.ts";

/** @returns a field, with the part of its text around the cursor */
export function fieldBody(
  { title, hint, value, cursor, error, found = "" }: InputMode,
  columns: number,
  paint: Paint,
): Body {
  const room = Math.max(4, columns - 8);
  const before = printable(value.slice(0, cursor));
  const [at = " "] = new Intl.Segmenter()
    .segment(value.slice(cursor))
    [Symbol.iterator]()
    .next()
    .value?.segment.split("\n") ?? [" "];
  const under = printable(at);
  const after = printable(value.slice(cursor + at.length));
  const left = takeEnd(before, Math.max(0, room - cells(under) - Math.min(8, cells(after))));
  const right = takeStart(after, Math.max(0, room - cells(left) - cells(under)));
  const text = `${left === before ? "" : "…"}${left}${paint.chosen(under)}${right}${right === after ? "" : "…"}`;
  return {
    lines: [
      "",
      `   ${paint.bold(cut(title, room))}`,
      `   ${text}`,
      "",
      ...(error === undefined ? [] : wrapWords(error, room).map((line) => `   ${paint.error(line)}`)),
      ...wrapWords(hint, room).map((line) => `   ${paint.dim(line)}`),
    ],
    cursor: 2,
    about: found,
  };
}

/** Lines to scroll in. @param scroll lines from the top; beyond the end it stops there */
const reading = (lines: readonly string[], scroll: number): Body => ({
  lines,
  cursor: 0,
  top: scroll,
  about: "",
});

/** @returns the keys of the screen below */
export const helpBody = (state: EditorState, scroll: number, screen: Screen, paint: Paint): Body =>
  reading(helpLines(state, screen.columns, paint), scroll);

/** @returns what installing into Claude Code changes */
export function installBody(plan: InstallPlan, scroll: number, screen: Screen, paint: Paint): Body {
  const width = Math.max(10, screen.columns - 6);
  const intro = introOf(plan);
  const lines = [
    "",
    ...wrapWords(intro, width).map((line) => `   ${line}`),
    "",
    `   ${paint.dim(cut(plan.path, width))}`,
    ...plan.diff.map((line) => `   ${line.startsWith(" ") ? paint.dim(cut(line, width)) : cut(line, width)}`),
  ];
  const refresh =
    plan.refresh === undefined || plan.removes ? "" : `   redrawn at least every ${plan.refresh} s`;
  return reading([...lines, "", refresh], scroll);
}

/** @returns what the plan does, in a sentence */
function introOf(plan: InstallPlan): string {
  if (plan.removes)
    return plan.diff.length > 0
      ? "This change removes the line from Claude Code's settings, and restores what it replaced:"
      : "Claude Code's settings do not have this line.";
  return {
    ours:
      plan.diff.length > 0
        ? "Claude Code shows this line already. This changes how often it is redrawn:"
        : "Claude Code shows this line already.",
    none: "Claude Code shows no status line yet. This change adds it:",
    other: `Claude Code shows another status line: ${plan.other ?? ""}. This change replaces it; 'plimsoll setup --remove' restores it:`,
  }[plan.present];
}
