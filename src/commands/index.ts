import type { CommandEntry } from "./command.ts";
import { display } from "./display.ts";

/**
 * The program's commands, in the order of the help. Adding one is its file and its line here.
 *
 * All are loaded on demand but `display`: what the bundler knows to be used at once it lays out flat, which spares the
 * one command whose start counts a fifth of it.
 */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  display: {
    about: "Draw the status line from the JSON on stdin",
    load: async () => display,
  },
  explain: {
    about: "Say what each segment shows, where it comes from, what it cost, or why it is absent",
    load: async () => (await import("./explain.ts")).explain,
  },
};
