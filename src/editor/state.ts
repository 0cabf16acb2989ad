/**
 * The editor's state, its history and its screens. The editor is a pure state machine: modes/ takes a state and a key and
 * returns a state, view/ draws it, and session.ts runs it in a terminal.
 */
import { formatErrors } from "../config-file/read.ts";
import { JsonTextError, positionAt } from "../json-text/tree.ts";
import { SAMPLE_NAMES } from "../line/samples.ts";
import { type ConfigDocument, readDocument } from "./document.ts";
import type { Effect, InstallPlan } from "./effects.ts";

/** The cursor on the first screen: a row or a setting below the rows; and the slot of a row. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A state of the text that undo and redo return to. */
interface Snapshot {
  readonly text: string;
  readonly place: Place;
  /** What changed it: "add cache". */
  readonly about: string;
}

/** A list of values to change. */
export type FormId =
  | { readonly kind: "options"; readonly reference: string }
  | { readonly kind: "colors" }
  | { readonly kind: "refresh" }
  | { readonly kind: "commands" }
  | { readonly kind: "command"; readonly name: string };

export interface ChoiceEntry {
  readonly label: string;
  readonly about: string;
  /** "#rrggbb" of the patch next to the choice. */
  readonly color?: string;
  /** @param state without the list */
  choose(state: EditorState): EditorState;
}

export interface InputMode {
  readonly name: "input";
  readonly title: string;
  /** What may be typed. */
  readonly hint: string;
  readonly value: string;
  /** UTF-16 units before the cursor. */
  readonly cursor: number;
  readonly error?: string;
  /** It takes a path, which tab completes. */
  readonly isPath?: boolean;
  /** What tab found. */
  readonly found?: string;
  /** @returns the state without the field; or why the text is invalid */
  submit(state: EditorState, text: string): EditorState | { readonly error: string };
}

interface ConfirmAnswer {
  readonly keys: readonly string[];
  readonly about: string;
  /** The state without the question. */
  run(state: EditorState): EditorState;
}

export interface ConfirmMode {
  readonly name: "confirm";
  readonly question: string;
  readonly answers: readonly ConfirmAnswer[];
  /** What the preview draws meanwhile. */
  readonly preview?: string;
}

export type PickerAction = "add" | "insert" | "replace";

/** A screen over the first one. */
export type Mode =
  | {
      readonly name: "picker";
      readonly filter: string;
      readonly index: number;
      readonly action: PickerAction;
    }
  | { readonly name: "form"; readonly form: FormId; readonly index: number }
  | {
      readonly name: "choose";
      readonly title: string;
      readonly filter: string;
      readonly index: number;
      readonly entries: readonly ChoiceEntry[];
    }
  | InputMode
  | ConfirmMode
  | { readonly name: "help"; readonly scroll: number }
  | { readonly name: "install"; readonly plan: InstallPlan; readonly scroll: number };

export interface EditorState {
  /** The text in the file; without a file, the text that a new one would have. */
  readonly saved: string;
  readonly fileExists: boolean;
  readonly document: ConfigDocument;
  readonly past: readonly Snapshot[];
  readonly future: readonly Snapshot[];
  readonly place: Place;
  /** The screens over the first one; the last is in front. */
  readonly modes: readonly Mode[];
  readonly samples: readonly string[];
  readonly sample: string;
  /** What happened last. */
  readonly message?: { readonly text: string; readonly isError: boolean } | undefined;
  /** To be done outside of the state machine, before the next key. */
  readonly effect?: Effect | undefined;
  readonly outcome?: "saved" | "left";
  /** What was written, for the user. */
  readonly report?: string;
  /** Claude Code shows our line; undefined: unknown. */
  readonly installed?: boolean | undefined;
}

/** The name of the session that the user had last, among the samples. */
export const LAST_SESSION = "your last session";

/**
 * @param document of a valid text
 * @param fileExists false: the document is the text of a new file
 */
export function start(
  document: ConfigDocument,
  {
    fileExists = true,
    hasLastSession = false,
    installed,
  }: { fileExists?: boolean; hasLastSession?: boolean; installed?: boolean | undefined } = {},
): EditorState {
  const samples = [...SAMPLE_NAMES, ...(hasLastSession ? [LAST_SESSION] : [])];
  return {
    saved: document.text,
    fileExists,
    document,
    past: [],
    future: [],
    place: { line: 0, column: 0 },
    modes: [],
    samples,
    sample: "busy",
    installed,
  };
}

/** Whether there is something to save. */
export const isChanged = ({ saved, document }: EditorState): boolean => saved !== document.text;

/** The screen in front; undefined for the first one. */
export const modeOf = ({ modes }: EditorState): Mode | undefined => modes.at(-1);

/** Put a screen in front. */
export const open = (state: EditorState, mode: Mode): EditorState => ({
  ...state,
  modes: [...state.modes, mode],
  message: undefined,
});

/** Close the screen in front. */
export const close = (state: EditorState): EditorState => ({ ...state, modes: state.modes.slice(0, -1) });

/** Change the screen in front. */
export const withMode = (state: EditorState, mode: Mode): EditorState => ({
  ...state,
  modes: [...state.modes.slice(0, -1), mode],
});

/** Show the user a message. */
export const notify = (state: EditorState, text: string, isError = false): EditorState => ({
  ...state,
  message: { text, isError },
});

/**
 * Change the text, as one step of the history. An invalid result is refused with a message.
 * @param about what is done, for undo: "add cache"
 * @param edit of the text; undefined for nothing to do
 */
export function change(
  state: EditorState,
  about: string,
  edit: (text: string) => string | undefined,
): EditorState {
  const { text } = state.document;
  const edited = tryEdit(text, edit);
  if ("error" in edited) return notify(state, edited.error, true);
  if (edited.document.text === text) return { ...state, message: undefined };
  return {
    ...state,
    document: edited.document,
    place: sameSetting(state, edited.document),
    past: [...state.past, { text, place: state.place, about }],
    future: [],
    message: undefined,
  };
}

/** The cursor stays on a setting when the rows above it become more or fewer. */
function sameSetting({ place, document }: EditorState, { config }: ConfigDocument): Place {
  const before = document.config.rows.length;
  return place.line < before ? place : { ...place, line: place.line - before + config.rows.length };
}

/** @returns the document after an edit, or why it is refused */
export function tryEdit(
  text: string,
  edit: (text: string) => string | undefined,
): { document: ConfigDocument } | { error: string } {
  try {
    const document = readDocument(edit(text) ?? text);
    return "errors" in document ? { error: formatErrors(document.errors) } : { document };
  } catch (error) {
    if (!(error instanceof JsonTextError)) return { error: (error as Error).message };
    const { line, column } = positionAt(text, error.at);
    return { error: `line ${line}, column ${column}: ${error.message}` };
  }
}
