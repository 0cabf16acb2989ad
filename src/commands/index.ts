import type { CommandEntry } from "./command.ts";

/** The program's commands, in the order of the help. Adding one is its file and its line here. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  display: {
    about: "Draw the status line from the JSON on stdin",
    load: async () => (await import("./display.ts")).display,
  },
  explain: {
    about: "Say what each segment shows, where it comes from, what it cost, or why it is absent",
    load: async () => (await import("./explain.ts")).explain,
  },
  gather: {
    about: "Gather what the line shows: git, transcript, usage, limits, sessions, own commands",
    load: async () => (await import("./gather.ts")).gather,
  },
  sessions: {
    about: "List the sessions of this machine, each verified by its process",
    load: async () => (await import("./sessions.ts")).sessions,
  },
  doctor: {
    about: "Check that everything works, and say what to do where it does not",
    load: async () => (await import("./doctor.ts")).doctor,
  },
};
