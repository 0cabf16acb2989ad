/** One value in a list: what it is, what it may be, and how it is changed. */
import type { Path } from "../../json-text/tree.ts";
import type { Role } from "../../line/segment.ts";
import { withoutValue, withValue } from "../document.ts";
import { type ChoiceEntry, change, type EditorState, notify, open } from "../state.ts";

/** @returns a value for a typed text, or why it is invalid */
type ReadTyped = (text: string) => { readonly value: unknown } | { readonly error: string };

export interface Choice {
  /** Undefined: the setting is missing. */
  readonly value: unknown;
  readonly label: string;
  readonly about?: string;
  /** "#rrggbb" of the patch next to the value. */
  readonly color?: string;
}

type ItemEdit =
  | { readonly kind: "choice"; readonly choices: readonly Choice[]; readonly typed?: TypedEdit }
  | { readonly kind: "number"; readonly min: number; readonly max: number; readonly step: number }
  | ({ readonly kind: "typed" } & TypedEdit)
  | { readonly kind: "open"; readonly open: (state: EditorState) => EditorState };

export interface TypedEdit {
  /** What may be typed, in a few words. */
  readonly hint: string;
  /** The present value as text. */
  readonly text: string;
  readonly read: ReadTyped;
}

export interface Item {
  readonly label: string;
  readonly about: string;
  /** Where the value is in the file; undefined for an entry that only opens something. */
  readonly path?: Path;
  readonly value?: unknown;
  /** The value without the user's setting. */
  readonly base?: unknown;
  readonly shown: string;
  /** The default, for people; undefined for none. */
  readonly shownBase?: string;
  readonly edit: ItemEdit;
  /** The role that it colours. */
  readonly role?: Role;
  /** What is written for a value. Default: the value. */
  readonly write?: (value: unknown) => unknown;
  /** Instead of writing the value at the path. */
  readonly set?: (state: EditorState, value: unknown) => EditorState;
  /** Instead of `set`, for a value that is chosen from the list. */
  readonly choose?: (state: EditorState, value: unknown) => EditorState;
  /** Instead of removing the value at the path. */
  readonly reset?: (state: EditorState) => EditorState;
}

/** Whether the item has something else than its default. */
export const isOwn = ({ value, base, path }: Item): boolean =>
  path !== undefined && !Bun.deepEquals(value, base);

/** Set the item to a value; undefined resets it. */
function setItem(state: EditorState, item: Item, value: unknown): EditorState {
  if (item.set) return item.set(state, value);
  if (value === undefined) return resetItem(state, item);
  const { path = [], base, write = (same) => same } = item;
  return change(state, item.label, (text) =>
    withValue(text, state.saved, path, write(value), Bun.deepEquals(value, base)),
  );
}

/** Return to the default: the user's setting leaves the file. */
export function resetItem(state: EditorState, item: Item): EditorState {
  if (item.reset) return item.reset(state);
  const { path } = item;
  if (path === undefined) return notify(state, `${item.label} has no default`);
  const changed = change(state, `reset ${item.label}`, (text) => withoutValue(text, state.saved, path));
  return changed.document === state.document
    ? notify(changed, `${item.label} is the default already`)
    : changed;
}

/** Left and right: the next choice, one step of a number. */
export function stepItem(state: EditorState, item: Item, by: 1 | -1): EditorState {
  const { edit, value } = item;
  if (edit.kind === "choice") return setItem(state, item, nextChoice(edit.choices, value, by));
  if (edit.kind !== "number") return notify(state, "enter changes it");
  const present = typeof value === "number" && Number.isFinite(value) ? value : Math.max(0, edit.min);
  return setItem(state, item, Math.max(edit.min, Math.min(edit.max, present + by * edit.step)));
}

function nextChoice(choices: readonly Choice[], value: unknown, by: 1 | -1): unknown {
  const index = choices.findIndex((choice) => Bun.deepEquals(choice.value, value));
  const from = index < 0 && by < 0 ? 0 : index;
  return choices[(from + by + choices.length) % choices.length]?.value;
}

/** Enter: toggle what has two values, else list the choices or open a field. */
export function enterItem(state: EditorState, item: Item): EditorState {
  const { edit } = item;
  if (edit.kind === "open") return edit.open(state);
  if (edit.kind === "typed") return openField(state, item, edit);
  if (edit.kind === "number") return openField(state, item, numberField(item, edit));
  if (edit.choices.length === 2 && !edit.typed) return stepItem(state, item, 1);
  return openChoices(state, item, edit.choices, edit.typed);
}

function numberField({ value }: Item, { min, max }: { min: number; max: number }): TypedEdit {
  return {
    hint: Number.isFinite(max) ? `a number from ${min} to ${max}` : "a number",
    text: Number.isFinite(value) ? String(value) : "",
    read(text) {
      const number = Number(text);
      if (text.trim() === "" || !Number.isFinite(number)) return { error: `invalid number '${text}'` };
      return number < min || number > max
        ? { error: `${number} is not from ${min} to ${max}` }
        : { value: number };
    },
  };
}

function openField(state: EditorState, item: Item, { hint, text, read }: TypedEdit): EditorState {
  return open(state, {
    name: "input",
    title: item.label,
    hint,
    value: text,
    cursor: text.length,
    submit(before, typed) {
      const parsed = read(typed);
      if ("error" in parsed) return parsed;
      const after = setItem(before, item, parsed.value);
      return after.message?.isError ? { error: after.message.text } : after;
    },
  });
}

function openChoices(
  state: EditorState,
  item: Item,
  choices: readonly Choice[],
  typed: TypedEdit | undefined,
): EditorState {
  const setChosen = (before: EditorState, value: unknown) => setItem(before, item, value);
  const entries = choices.map(
    ({ value, label, about = "", color }): ChoiceEntry => ({
      label,
      about,
      ...(color === undefined ? {} : { color }),
      choose: (before) => (item.choose ?? setChosen)(before, value),
    }),
  );
  const own: ChoiceEntry[] = typed
    ? [{ label: "type it…", about: typed.hint, choose: (before) => openField(before, item, typed) }]
    : [];
  const index = choices.findIndex(({ value }) => Bun.deepEquals(value, item.value));
  return open(state, {
    name: "choose",
    title: item.label,
    filter: "",
    index: Math.max(0, index),
    entries: [...entries, ...own],
  });
}

/** Choices that are their own labels. */
export const namedChoices = (names: readonly string[], about?: (name: string) => string): Choice[] =>
  names.map((name) => ({ value: name, label: name, ...(about ? { about: about(name) } : {}) }));
