import { wrap } from "../cli/columns.ts";
import type { Command } from "../cli/command.ts";
import { EXIT } from "../cli/errors.ts";
import { toJson } from "../cli/json.ts";
import { printLine } from "../cli/output.ts";
import { runnable, withRunnable } from "../cli/runnable.ts";
import { type ExplainedRender, explainRender } from "../display/explain.ts";
import { SEGMENTS } from "../line/segments/index.ts";
import { heading, overview } from "./explain/overview.ts";
import { describeExplanation, explanationsOf } from "./explain/segment.ts";
import { segmentNamed } from "./segment-name.ts";
import { type TextStyle, textStyle } from "./text-style.ts";

export const explain: Command = {
  name: "explain",
  usage: ["[options] [NAME…]", "[options] [NAME…] < PAYLOAD"],
  about: "Explain each segment: what it shows, its source, or why it is absent",
  details: `
Explains the line of the last session. A payload of Claude Code on stdin is explained instead. Everything is resolved as
'plimsoll display' does in the same environment, at the width of the terminal. With names, explains only these segments,
with their options in effect, also if the line does not have them. The price is that of the session's model.

  plimsoll explain
  plimsoll explain cache git
  plimsoll explain < payload.json`,
  moreOperands: SEGMENTS.map(({ name }) => name),
  options: [
    { long: ["all"], short: ["a"], about: "Also list the segments that are not configured" },
    { long: ["timing"], about: "Show times in ms, the terminal, and each gathered part" },
    { long: ["json"], about: "Machine-readable, one JSON object" },
  ],
  run: async (options) => {
    const names = options.operands;
    names.forEach(segmentNamed);
    const render = await explainRender(environment());
    if (options.has("json")) {
      printLine(toJson(await jsonOf(render, names), 2));
      return EXIT.ok;
    }
    const style = await textStyle();
    const lines =
      names.length > 0
        ? segmentLines(render, names, style)
        : render.source.kind === "no session"
          ? [...heading(render, style), ...noSession().flatMap((line) => wrap(line, style.width))]
          : overview(
              render,
              {
                timing: options.has("timing"),
                all: options.has("all"),
                price: (await priceOf(render))?.line,
              },
              style,
            );
    printLine(lines.join("\n"), style.colored ? "rows" : "text");
    return EXIT.ok;
  },
};

const noSession = () => [
  withRunnable(
    "Start `claude` in a project and send a prompt. If no status line appears, run 'plimsoll setup'.",
  ),
  `To explain a payload of your own: ${runnable("explain")} < payload.json`,
];

/** The terminal's size, where the environment lacks it: Claude Code sets these variables. */
function environment(): NodeJS.ProcessEnv {
  const { isTTY, columns, rows } = process.stdout;
  return isTTY ? { COLUMNS: String(columns), LINES: String(rows), ...process.env } : process.env;
}

function segmentLines(
  { facts, context, ...rest }: ExplainedRender,
  names: readonly string[],
  style: TextStyle,
) {
  const named = names.flatMap((name) => explanationsOf(name, facts.segments, context));
  return [
    ...heading({ facts, context, ...rest }, style),
    ...named.flatMap((each) => ["", ...describeExplanation(each, context, style)]),
  ];
}

/** Loaded on demand: the price list takes longer than all the rest. */
async function priceOf({ facts }: ExplainedRender) {
  if (facts.model === undefined) return undefined;
  const { explainPrice } = await import("./explain-price.ts");
  return explainPrice(facts.model);
}

async function jsonOf(render: ExplainedRender, names: readonly string[]): Promise<object> {
  const { facts, context } = render;
  const price = await priceOf(render);
  const chosen =
    names.length === 0
      ? facts.segments
      : names.flatMap((name) => explanationsOf(name, facts.segments, context));
  const segments = chosen.map(({ drawn: _, ...each }) => each);
  return { ...facts, segments, ...(price ? { price: price.json } : {}) };
}
