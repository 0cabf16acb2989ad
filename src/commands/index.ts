import type { CommandEntry } from "../cli/command.ts";
import { display } from "./display.ts";

/**
 * The program's commands, in the order of the help, section by section. To add one, write its file and an entry here.
 *
 * All are loaded on demand except `display`: the bundler flattens a static import, which makes its start a few percent
 * faster.
 */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  setup: {
    section: "start",
    about: "Add the line to Claude Code's settings, or remove it",
    load: async () => (await import("./setup.ts")).setup,
  },
  config: {
    section: "start",
    about: "Create, check and change the configuration",
    load: async () => (await import("./config.ts")).config,
  },
  preview: {
    section: "start",
    about: "Show how the line looks: themes, styles, presets, widths, in sample sessions",
    load: async () => (await import("./preview.ts")).preview,
  },
  segments: {
    section: "start",
    about: "List the segments: how each looks, what it shows, its options",
    load: async () => (await import("./segments.ts")).segments,
  },
  usage: {
    section: "understand",
    about: "Report usage and cost: daily, weekly, monthly, session, blocks, live, export",
    load: async () => (await import("./usage.ts")).usage,
  },
  explain: {
    section: "understand",
    about: "Explain what each segment shows, its source, or why it is absent",
    load: async () => (await import("./explain.ts")).explain,
  },
  sessions: {
    section: "understand",
    about: "List the sessions of this machine, each verified by its process",
    load: async () => (await import("./sessions.ts")).sessions,
  },
  doctor: {
    section: "understand",
    about: "Check the installation, and fix or explain problems",
    load: async () => (await import("./doctor.ts")).doctor,
  },
  lock: {
    section: "tools",
    about: "Run a command under a lock, or show who holds one",
    load: async () => (await import("./lock.ts")).lock,
  },
  run: {
    section: "tools",
    about: "Run a command with a deadline, and leave no process behind",
    load: async () => (await import("./run.ts")).run,
  },
  applets: {
    section: "tools",
    about: "Create links that run the program as flock(1) and timeout(1)",
    load: async () => (await import("./applets.ts")).applets,
  },
  display: {
    section: "internals",
    about: "Draw the status line from the JSON on stdin",
    load: async () => display,
  },
  gather: {
    section: "internals",
    about: "Gather what the line shows: git, transcript, usage, limits, sessions, own commands",
    load: async () => (await import("./gather.ts")).gather,
  },
  subagents: {
    section: "internals",
    about: "Draw the rows of running subagents from the JSON on stdin",
    load: async () => (await import("./subagents.ts")).subagents,
  },
  selftest: {
    section: "internals",
    about: "Test the installed program: display, gather, ledger, lock, run",
    load: async () => (await import("./selftest.ts")).selftest,
  },
};

/** Former names of commands, which still work. */
const ALIASES: Readonly<Record<string, string>> = { personas: "applets" };

/** @returns the command with that name or former name */
export function findCommand(word: string): CommandEntry | undefined {
  const name = Object.hasOwn(ALIASES, word) ? (ALIASES[word] as string) : word;
  return Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
}
