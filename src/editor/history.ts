/** Undo and redo: the texts before and after, without a limit. */
import { type ConfigDocument, readDocument } from "./document.ts";
import { type EditorState, type FormId, notify, type Place } from "./state.ts";

/** Return to the text before the last change. */
export function undo(state: EditorState): EditorState {
  const last = state.past.at(-1);
  if (!last) return notify(state, "nothing to undo");
  const { text } = state.document;
  const restored = restore(state, last.text, last.place);
  return notify(
    {
      ...restored,
      past: state.past.slice(0, -1),
      future: [...state.future, { text, place: state.place, about: last.about }],
    },
    `undone: ${last.about}`,
  );
}

/** Return to the text that was undone last. */
export function redo(state: EditorState): EditorState {
  const next = state.future.at(-1);
  if (!next) return notify(state, "nothing to redo");
  const { text } = state.document;
  const restored = restore(state, next.text, next.place);
  return notify(
    {
      ...restored,
      past: [...state.past, { text, place: state.place, about: next.about }],
      future: state.future.slice(0, -1),
    },
    `done again: ${next.about}`,
  );
}

function restore(state: EditorState, text: string, place: Place): EditorState {
  const document = readDocument(text);
  if ("errors" in document) return state;
  // Close the screens of a removed segment.
  const gone = state.modes.findIndex((mode) => mode.name === "form" && !exists(mode.form, document));
  const modes = gone < 0 ? state.modes : state.modes.slice(0, gone);
  return { ...state, document, place, modes };
}

/** Whether the segment or command of a screen is in the configuration. */
function exists(form: FormId, { config }: ConfigDocument): boolean {
  if (form.kind === "command") return Object.hasOwn(config.commands, form.name);
  if (form.kind !== "options") return true;
  return config.rows.some(({ left, right = [] }) => [...left, ...right].includes(form.reference));
}
