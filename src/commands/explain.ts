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
    const price = explanation.model === undefined ? undefined : await priceOf(explanation.model);
    printLine(
      options.has("json")
        ? toJson(price ? { ...explanation, price: price.json } : explanation, 2)
        : formatExplanation(explanation, price?.line),
    );
    return EXIT.ok;
  },
};

/** What a model costs. Loaded on demand: the price list takes longer than all the rest. */
async function priceOf(model: string): Promise<{ json: object; line: string }> {
  const { explainPrice } = await import("./explain-price.ts");
  const { priceJson, priceLine } = await import("../usage/prices.ts");
  const { priceOrigin } = await import("../ledger/index.ts");
  const rates = await explainPrice(process.env, model);
  return {
    json: { model, priced: rates.priced, ...priceJson(rates), origin: priceOrigin(rates) },
    line: `${model}: ${priceLine(rates)}`,
  };
}
