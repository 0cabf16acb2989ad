import type { Command } from "./command.ts";

export const display: Command = {
  name: "display",
  usage: ["[options]"],
  about: "Draw the status line from the JSON on stdin",
  options: [],
  run: () => 0,
};
