import type { CommandEntry } from "../cli/command.ts";
import { display } from "./display.ts";

/**
 * The program's commands, in the order of the help. Adding one is its file and its line here.
 *
 * All are loaded on demand but `display`: what the bundler knows to be used at once it lays out flat, which spares the
 * one command whose start counts a few hundredths of it.
 */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  display: {
    about: "Draw the status line from the JSON on stdin",
    load: async () => display,
  },
  setup: {
    about: "Put the line into Claude Code's settings, or take it out again",
    load: async () => (await import("./setup.ts")).setup,
  },
  explain: {
    about: "Say what each segment shows, where it comes from, what it cost, or why it is absent",
    load: async () => (await import("./explain.ts")).explain,
  },
  gather: {
    about: "Gather what the line shows: git, transcript, usage, limits, sessions, own commands",
    load: async () => (await import("./gather.ts")).gather,
  },
  usage: {
    about: "Report what was used and what it cost: daily, weekly, monthly, session, blocks, live, export",
    load: async () => (await import("./usage.ts")).usage,
  },
  sessions: {
    about: "List the sessions of this machine, each verified by its process",
    load: async () => (await import("./sessions.ts")).sessions,
  },
  doctor: {
    about: "Check that everything works, and say what to do where it does not",
    load: async () => (await import("./doctor.ts")).doctor,
  },
  selftest: {
    about: "Try the program out by itself: display, gather, ledger, lock, run",
    load: async () => (await import("./selftest.ts")).selftest,
  },
  config: {
    about: "Make, check and change the configuration",
    load: async () => (await import("./config.ts")).config,
  },
  preview: {
    about: "Show how the line looks: themes, styles, presets, widths, in sample sessions",
    load: async () => (await import("./preview.ts")).preview,
  },
  segments: {
    about: "List the segments: what each shows, where it comes from, its options",
    load: async () => (await import("./segments.ts")).segments,
  },
  subagents: {
    about: "Draw the rows of running subagents from the JSON on stdin",
    load: async () => (await import("./subagents.ts")).subagents,
  },
  run: {
    about: "Run a command with a deadline that leaves nothing behind",
    load: async () => (await import("./run.ts")).run,
  },
  lock: {
    about: "Run a command under a lock, or say who holds one",
    load: async () => (await import("./lock.ts")).lock,
  },
  personas: {
    about: "Make links through which the program is flock(1) and timeout(1)",
    load: async () => (await import("./applets.ts")).personas,
  },
};
