import { explainScene, formatExplanation } from "../display/explain.ts";
import { toJson } from "../output/json.ts";
import type { Command } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { printLine } from "./print.ts";

export const explain: Command = {
  name: "explain",
  usage: ["[--json] < PAYLOAD"],
  about: "Say what each segment shows, where it comes from, what it cost, or why it is absent",
  details: `
Reads the payload that Claude Code would send from stdin, resolves everything as 'plimsoll display' does in the same
environment, and draws nothing. Without a payload it explains the line that display would draw without one.

  plimsoll explain < payload.json`,
  options: [{ long: ["json"], about: "Machine-readable, one JSON object" }],
  run: async (options) => {
    const explanation = await explainScene(process.env);
    printLine(options.has("json") ? toJson(explanation, 2) : formatExplanation(explanation));
    return EXIT.ok;
  },
};
