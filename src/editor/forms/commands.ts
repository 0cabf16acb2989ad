/** The user's own commands: a list of them, and the settings of one. */

import { withoutValue, withValue } from "../document.ts";
import { change, type EditorState, notify, open } from "../state.ts";
import { joinWords, splitWords } from "../words.ts";
import { durationChoices, durationField, durationText } from "./duration.ts";
import type { Item } from "./item.ts";

const DEFAULT_REFRESH_MS = 30_000;
const DEFAULT_DEADLINE_MS = 2000;

export function commandItems(state: EditorState): Item[] {
  const { commands } = state.document.config;
  return [
    ...Object.entries(commands).map(
      ([name, { run }]): Item => ({
        label: name,
        about: `Enter changes it, x removes it; the segment command:${name} shows it`,
        shown: joinWords(run),
        edit: { kind: "open", open: (from) => openCommand(from, name) },
        reset: (from) =>
          change(from, `remove command ${name}`, (text) =>
            withoutValue(text, from.saved, ["commands", name]),
          ),
      }),
    ),
    {
      label: "new command…",
      about: "Define a program whose first line of output is a segment",
      shown: "",
      edit: { kind: "open", open: (from) => defineCommand(from, openCommand) },
    },
  ];
}

const openCommand = (state: EditorState, name: string): EditorState =>
  open(state, { name: "form", form: { kind: "command", name }, index: 0 });

/** Ask for a name and a program, and define the command. @param then continues with its name */
export function defineCommand(
  state: EditorState,
  then: (state: EditorState, name: string) => EditorState,
): EditorState {
  return open(state, {
    name: "input",
    title: "name of the command",
    hint: "letters, digits, - and _",
    value: "",
    cursor: 0,
    submit(before, typed) {
      const name = typed.trim();
      if (!/^[A-Za-z0-9_-]{1,40}$/.test(name)) return { error: "letters, digits, - and _ only, at most 40" };
      if (Object.hasOwn(before.document.config.commands, name))
        return { error: `the command '${name}' exists already` };
      return askProgram(before, name, then);
    },
  });
}

const PROGRAM_HINT =
  'a program and its arguments, "quoted" where they have spaces; no shell; runs in the background';

const askProgram = (
  state: EditorState,
  name: string,
  then: (state: EditorState, name: string) => EditorState,
): EditorState =>
  open(state, {
    name: "input",
    title: `program of ${name}`,
    hint: PROGRAM_HINT,
    value: "",
    cursor: 0,
    submit(before, typed) {
      const program = readProgram(typed);
      if ("error" in program) return program;
      const defined = change(before, `define command ${name}`, (text) =>
        withValue(text, before.saved, ["commands", name], { run: program.value }, false),
      );
      return defined.message?.isError ? { error: defined.message.text } : then(defined, name);
    },
  });

function readProgram(typed: string): { value: readonly string[] } | { error: string } {
  const words = splitWords(typed);
  if ("error" in words) return words;
  return words.length === 0 || words[0] === "" ? { error: "the program is missing" } : { value: words };
}

export function commandItem(state: EditorState, name: string): Item[] {
  const command = state.document.config.commands[name];
  const define: Item = {
    label: "run",
    about: "The program and its arguments, without a shell; it runs in the background only",
    path: ["commands", name, "run"],
    value: command?.run,
    shown: command ? joinWords(command.run) : "not defined",
    edit: {
      kind: "typed",
      hint: PROGRAM_HINT,
      text: command ? joinWords(command.run) : "",
      read: readProgram,
    },
    reset: (from) => notify(from, "a command needs a program; x in the list of commands removes it"),
  };
  if (!command) return [define];
  const time = (
    label: "refresh" | "deadline",
    about: string,
    ms: number,
    base: number,
    max: number,
  ): Item => ({
    label,
    about,
    path: ["commands", name, label],
    value: ms,
    base,
    shown: durationText(ms),
    shownBase: durationText(base),
    edit: {
      kind: "choice",
      choices: durationChoices(label === "refresh" ? 1000 : 10, max, ms, base),
      typed: durationField(ms),
    },
    write: (value) => durationText(Number(value)),
  });
  return [
    define,
    time(
      "refresh",
      "Maximum age of its output before it runs again",
      command.refreshMs,
      DEFAULT_REFRESH_MS,
      86_400_000,
    ),
    time("deadline", "Maximum run time", command.deadlineMs, DEFAULT_DEADLINE_MS, 20_000),
  ];
}
