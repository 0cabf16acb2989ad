import type { Command } from "../cli/command.ts";
import { EXIT } from "../cli/errors.ts";
import { toJson } from "../cli/json.ts";
import { printLine } from "../cli/output.ts";
import { explainRender, formatExplanation } from "../display/explain.ts";

export const explain: Command = {
  name: "explain",
  usage: ["[--json] < PAYLOAD"],
  about: "Say what each segment shows, where it comes from, what it cost, or why it is absent",
  details: `
Reads the payload that Claude Code would send from stdin, resolves everything as 'plimsoll display' does in the same
environment, and draws nothing. Also says what the session's model costs, and where that price
comes from. Without a payload it explains the line that display would draw without one.

  plimsoll explain < payload.json`,
  options: [{ long: ["json"], about: "Machine-readable, one JSON object" }],
  run: async (options) => {
    const explanation = await explainRender(process.env);
    // Loaded on demand: the price list takes longer than all the rest.
    const { explainPrice } = await import("./explain-price.ts");
    const price = explanation.model === undefined ? undefined : await explainPrice(explanation.model);
    printLine(
      options.has("json")
        ? toJson(price ? { ...explanation, price: price.json } : explanation, 2)
        : formatExplanation(explanation, price?.line),
    );
    return EXIT.ok;
  },
};
