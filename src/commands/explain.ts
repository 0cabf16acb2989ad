import type { Command } from "../cli/command.ts";
import { EXIT } from "../cli/errors.ts";
import { toJson } from "../cli/json.ts";
import { printLine } from "../cli/output.ts";
import { explainRender, formatExplanation } from "../display/explain.ts";

export const explain: Command = {
  name: "explain",
  usage: ["[--json] < PAYLOAD"],
  about: "Explain each segment: what it shows, its source, its time, or why it is absent",
  details: `
Reads the payload of Claude Code from stdin and resolves everything as 'plimsoll display' does in the same environment,
but draws nothing. Also prints the price of the session's model and its source. Without a payload it explains the line
that display would draw without one.

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
