import type { Command } from "./command.ts";

export const explain: Command = {
  name: "explain",
  usage: ["[options]"],
  about: "Say what each segment shows and why",
  options: [],
  run: () => 0,
};
