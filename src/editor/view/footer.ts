/** The footer: every key of the screen, wrapped between keys; and the help screen, from the same table. */

import { cells } from "../../line/layout/cells.ts";
import { activeBindings, type Binding } from "../bindings.ts";
import { bindingsOf, typingOf } from "../modes/index.ts";
import { close, type EditorState } from "../state.ts";
import { cut, type Paint, wrapWords } from "./paint.ts";

const GAP = "  ";

/** @returns the lines of the footer; the way out is in the first */
export function footerLines(state: EditorState, columns: number, paint: Paint): string[] {
  const typing = typingOf(state);
  const items = activeBindings(bindingsOf(state), state).map(({ label, about }) => ({
    width: cells(label) + 1 + cells(about),
    text: `${paint.bold(label)} ${paint.dim(about)}`,
  }));
  const typed = typing ? [{ width: cells(typing.about), text: paint.dim(typing.about) }] : [];
  const lines: string[] = [];
  let [line, width] = ["", 0];
  for (const item of [...items, ...typed]) {
    if (line !== "" && width + GAP.length + item.width > columns - 2) {
      lines.push(line);
      [line, width] = ["", 0];
    }
    line += (line === "" ? "" : GAP) + item.text;
    width += (width === 0 ? 0 : GAP.length) + item.width;
  }
  return [...lines, line].map((each) => ` ${each}`);
}

/** @returns the keys of the screen below the help screen, with a sentence on each */
export function helpLines(state: EditorState, columns: number, paint: Paint): string[] {
  const below = close(state);
  const typing = typingOf(below);
  const line = ({ label, help }: Pick<Binding, "label" | "help">): string[] => {
    const [first = "", ...rest] = wrapWords(help, Math.max(10, columns - 12));
    return [
      `  ${paint.bold(cut(label, 7).padEnd(7))} ${first}`,
      ...rest.map((text) => `${" ".repeat(10)}${text}`),
    ];
  };
  const section = (title: string | undefined) =>
    title === undefined ? [] : ["", `  ${paint.bold(cut(title, columns - 4))}`];
  return [
    ...bindingsOf(below).flatMap((binding) => [...section(binding.section), ...line(binding)]),
    ...(typing ? line({ label: "a … z", help: `${typing.about}; pasted text is typed too` }) : []),
  ];
}
