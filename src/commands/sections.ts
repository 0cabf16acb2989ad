/** The commands by the sections of the help. */
import type { CommandEntry, HelpSection } from "../cli/command.ts";
import { COMMANDS } from "./index.ts";

/** In the order of the help. */
const TITLES: Readonly<Record<HelpSection, string>> = {
  start: "Start",
  understand: "Understand",
  tools: "Tools",
  internals: "Internals",
};

interface Section {
  readonly title: string;
  readonly commands: readonly (readonly [name: string, entry: CommandEntry])[];
}

export const SECTIONS: readonly Section[] = Object.entries(TITLES).map(([section, title]) => ({
  title,
  commands: Object.entries(COMMANDS).filter(([, entry]) => entry.section === section),
}));
