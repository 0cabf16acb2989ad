/** Import and export: the path is typed, errors are shown in the field. */
import type { Config } from "../config/config.ts";
import { formatErrors } from "../config-file/read.ts";
import { setValue } from "../json-text/edit.ts";
import { readDocument, WITH_COMMENTS } from "./document.ts";
import type { EditorServices } from "./effects.ts";
import { change, type EditorState, modeOf, notify, open, tryEdit, withMode } from "./state.ts";

/** Ask for the file to read. */
export const askImportPath = (state: EditorState, typed = "~/"): EditorState =>
  open(state, {
    name: "input",
    title: "import from",
    hint: "the path of a config.json; ~ is your home directory",
    isPath: true,
    value: typed,
    cursor: typed.length,
    submit: (before, path) => ({ ...before, effect: { kind: "import", path } }),
  });

/** Ask for the file to write. */
export const askExportPath = (state: EditorState, typed = "~/plimsoll.json"): EditorState =>
  open(state, {
    name: "input",
    title: "export to",
    hint: "the path of a new file; ~ is your home directory",
    isPath: true,
    value: typed,
    cursor: typed.length,
    submit: (before, path) => ({
      ...before,
      effect: { kind: "export", path, text: before.document.text, overwrite: false },
    }),
  });

/** Ask again for a path that failed. */
export function askAgain(
  state: EditorState,
  what: "import" | "export",
  path: string,
  error: string,
): EditorState {
  const asked = what === "import" ? askImportPath(state, path) : askExportPath(state, path);
  const field = asked.modes.at(-1);
  return field?.name === "input"
    ? { ...asked, modes: [...asked.modes.slice(0, -1), { ...field, error }] }
    : asked;
}

/** Put a completed path into the field, and list the names that begin like it. */
export function showCompletion(
  state: EditorState,
  result: ReturnType<EditorServices["complete"]>,
): EditorState {
  const field = modeOf(state);
  if (field?.name !== "input") return state;
  if ("error" in result) return withMode(state, { ...field, error: result.error });
  const { path, names } = result;
  const found = names.length === 0 ? "no file begins like this" : names.length > 1 ? names.join("  ") : "";
  return withMode(state, { ...field, value: path, cursor: path.length, found });
}

/** Show what an imported text gives, and ask whether it replaces everything or only what it sets. */
export function offerImport(state: EditorState, path: string, text: string): EditorState {
  const read = readDocument(text);
  if ("errors" in read) return askAgain(state, "import", path, formatErrors(read.errors));
  const merged = mergeInto(state, text);
  return open(state, {
    name: "confirm",
    question: `Import ${path}?${warnOfCommands(read.config.commands)}`,
    preview: text,
    answers: [
      {
        keys: ["r", "y", "enter"],
        about: "replace everything",
        run: (before) => imported(before, path, () => text),
      },
      ...(merged === undefined
        ? []
        : [
            {
              keys: ["m"],
              about: "take only what it sets",
              run: (before: EditorState) => imported(before, path, () => merged),
            },
          ]),
      { keys: ["n", "escape"], about: "back", run: (before) => before },
    ],
  });
}

/** What gather would run from then on. */
function warnOfCommands(commands: Config["commands"]): string {
  const lines = Object.values(commands).map(({ run }) => run.join(" "));
  return lines.length === 0 ? "" : ` It runs in the background: ${lines.join("; ")}.`;
}

function imported(state: EditorState, path: string, edit: () => string): EditorState {
  const changed = change(state, "import", edit);
  return changed.message ? changed : notify(changed, `imported ${path}; u undoes it`);
}

/** @returns the present text with each setting of another one, or undefined when that is impossible */
function mergeInto(state: EditorState, text: string): string | undefined {
  const merged = tryEdit(state.document.text, (before) => {
    const settings = Bun.JSONC.parse(text.trim() === "" ? "{}" : text) as Record<string, unknown>;
    return Object.entries(settings)
      .filter(([key]) => key !== "$schema")
      .reduce<string>((all, [key, value]) => setValue(all, [key], value, WITH_COMMENTS) ?? all, before);
  });
  return "error" in merged ? undefined : merged.document.text;
}
