/** A field for text: paths, colours, numbers, commands. Pasted text is taken as it is, on one line. */
import { type Binding, frontMode, HELP_WHILE_TYPING } from "../bindings.ts";
import { close, type EditorState, type InputMode, withMode } from "../state.ts";

/** Longer texts are cut. UTF-16 units. */
const LONGEST = 1024;

const graphemes = new Intl.Segmenter();

/** @returns where the character before or after `cursor` begins or ends */
function neighbour(value: string, cursor: number, by: 1 | -1): number {
  const starts = [...graphemes.segment(value)].map(({ index }) => index);
  if (by === 1) return starts.find((start) => start > cursor) ?? value.length;
  return starts.findLast((start) => start < cursor) ?? 0;
}

const edit =
  (run: (mode: InputMode, key: string) => Partial<InputMode>) => (state: EditorState, key: string) => {
    const mode = frontMode(state, "input");
    if (!mode) return state;
    const { error: _, found: __, ...rest } = mode;
    return withMode(state, { ...rest, ...run(mode, key) });
  };

/** Insert typed or pasted text at the cursor. Line breaks become spaces; control characters are left out. */
export function typeInto(state: EditorState, typed: string): EditorState {
  return edit(({ value, cursor }) => {
    const room = Math.max(0, LONGEST - value.length);
    const text = typed
      .trimEnd()
      .replaceAll(/[\r\n\t]+/g, " ")
      .replaceAll(/[\p{Cc}\p{Cs}]/gu, "")
      .slice(0, room);
    const inserted = typed === " " ? " ".slice(0, room) : text;
    return {
      value: value.slice(0, cursor) + inserted + value.slice(cursor),
      cursor: cursor + inserted.length,
    };
  })(state, "");
}

/** The keys of a field. */
export const INPUT: readonly Binding[] = [
  {
    keys: ["escape", "ctrl-c"],
    label: "esc",
    about: "back",
    help: "Back without a change",
    run: close,
  },
  {
    keys: ["enter"],
    label: "enter",
    about: "accept",
    help: "Accept the text; an error is shown here",
    run(state) {
      const mode = frontMode(state, "input");
      if (!mode) return state;
      const result = mode.submit(close(state), mode.value);
      return "error" in result ? withMode(state, { ...mode, error: result.error }) : result;
    },
  },
  HELP_WHILE_TYPING,
  {
    keys: ["tab"],
    label: "tab",
    about: "complete",
    help: "Complete the path, or list the names that begin like it",
    when: (state) => frontMode(state, "input")?.isPath === true,
    run: (state) => ({
      ...edit(() => ({}))(state, "tab"),
      effect: { kind: "complete", path: frontMode(state, "input")?.value ?? "" },
    }),
  },
  {
    keys: ["left", "right", "home", "end", "ctrl-a", "ctrl-e"],
    label: "←→",
    about: "move",
    help: "Move the cursor; home and end, to the start and end",
    run: edit(({ value, cursor }, key) => {
      if (key === "left" || key === "right")
        return { cursor: neighbour(value, cursor, key === "left" ? -1 : 1) };
      return { cursor: key === "home" || key === "ctrl-a" ? 0 : value.length };
    }),
  },
  {
    keys: ["backspace", "delete"],
    label: "bksp",
    about: "delete",
    help: "Delete the character before the cursor; the delete key, the one after it",
    run: edit(({ value, cursor }, key) => {
      const other = neighbour(value, cursor, key === "backspace" ? -1 : 1);
      const [from, to] = [Math.min(other, cursor), Math.max(other, cursor)];
      return { value: value.slice(0, from) + value.slice(to), cursor: from };
    }),
  },
  {
    keys: ["ctrl-u"],
    label: "^u",
    about: "clear",
    help: "Delete all of the text",
    run: edit(() => ({ value: "", cursor: 0 })),
  },
];
