import type { CommandEntry } from "../cli/command.ts";
import { display } from "./display.ts";

/**
 * The program's commands, in the order of the help. To add one, write its file and add a line here.
 *
 * All are loaded on demand except `display`: the bundler flattens a static import, which makes its start a few percent
 * faster.
 */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  display: {
    about: "Draw the status line from the JSON on stdin",
    load: async () => display,
  },
  setup: {
    about: "Add the line to Claude Code's settings, or remove it",
    load: async () => (await import("./setup.ts")).setup,
  },
  explain: {
    about: "Explain what each segment shows, its source, or why it is absent",
    load: async () => (await import("./explain.ts")).explain,
  },
  gather: {
    about: "Gather what the line shows: git, transcript, usage, limits, sessions, own commands",
    load: async () => (await import("./gather.ts")).gather,
  },
  usage: {
    about: "Report usage and cost: daily, weekly, monthly, session, blocks, live, export",
    load: async () => (await import("./usage.ts")).usage,
  },
  sessions: {
    about: "List the sessions of this machine, each verified by its process",
    load: async () => (await import("./sessions.ts")).sessions,
  },
  doctor: {
    about: "Check the installation, and fix or explain problems",
    load: async () => (await import("./doctor.ts")).doctor,
  },
  selftest: {
    about: "Test the installed program: display, gather, ledger, lock, run",
    load: async () => (await import("./selftest.ts")).selftest,
  },
  config: {
    about: "Create, check and change the configuration",
    load: async () => (await import("./config.ts")).config,
  },
  preview: {
    about: "Show how the line looks: themes, styles, presets, widths, in sample sessions",
    load: async () => (await import("./preview.ts")).preview,
  },
  segments: {
    about: "List the segments: how each looks, what it shows, its options",
    load: async () => (await import("./segments.ts")).segments,
  },
  subagents: {
    about: "Draw the rows of running subagents from the JSON on stdin",
    load: async () => (await import("./subagents.ts")).subagents,
  },
  run: {
    about: "Run a command with a deadline, and leave no process behind",
    load: async () => (await import("./run.ts")).run,
  },
  lock: {
    about: "Run a command under a lock, or show who holds one",
    load: async () => (await import("./lock.ts")).lock,
  },
  applets: {
    about: "Create links that run the program as flock(1) and timeout(1)",
    load: async () => (await import("./applets.ts")).applets,
  },
};

/** Former names of commands, which still work. */
const ALIASES: Readonly<Record<string, string>> = { personas: "applets" };

/** @returns the command with that name or former name */
export function findCommand(word: string): CommandEntry | undefined {
  const name = Object.hasOwn(ALIASES, word) ? (ALIASES[word] as string) : word;
  return Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
}
