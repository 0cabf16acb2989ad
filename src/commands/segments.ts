import { columns, wrap } from "../cli/columns.ts";
import type { Command } from "../cli/command.ts";
import { EXIT } from "../cli/errors.ts";
import { toJson } from "../cli/json.ts";
import { printLine } from "../cli/output.ts";
import type { Config } from "../config/config.ts";
import type { Terminal } from "../line/context.ts";
import type { Segment } from "../line/segment.ts";
import { segmentLook } from "../line/segment-look.ts";
import { SEGMENTS } from "../line/segments/index.ts";
import { knownGround } from "./preview-ground.ts";
import { configuredConfig, sampleTerminal } from "./sample-line.ts";
import { levelsText, referenceOf, segmentNamed } from "./segment-name.ts";
import { padCells, type TextStyle, textStyle } from "./text-style.ts";

export const segments: Command = {
  name: "segments",
  usage: ["[options] [NAME…]"],
  about: "List the segments: how each looks, what it shows, its options",
  details:
    "Segments are drawn with your configuration, in sample sessions. With names, only those, with their options. --markdown prints the table of the documentation.",
  moreOperands: SEGMENTS.map(({ name }) => name),
  options: [
    { long: ["json"], about: "Print a JSON array" },
    { long: ["markdown"], about: "Print a Markdown table" },
  ],
  run: async (options) => {
    const chosen = options.operands.length === 0 ? SEGMENTS : options.operands.map(segmentNamed);
    if (options.has("json")) {
      const rows = chosen.map(({ render: _, ...described }) => described);
      printLine(toJson(rows, 2));
    } else if (options.has("markdown")) printLine(markdown());
    else {
      const style = await textStyle();
      const look = lookWith(configuredConfig(), style);
      const text =
        options.operands.length > 0
          ? chosen.map((segment) => describe(segment, look, style)).join("\n\n")
          : list(chosen, look, style);
      printLine(text, style.colored ? "rows" : "text");
    }
    return EXIT.ok;
  },
};

/** How a segment looks in so many cells. */
type Look = (segment: Segment, cells: number) => string;

function lookWith(config: Config, style: TextStyle): Look {
  const { colors, ...terminal } = { ...sampleTerminal(config), ...knownGround() };
  const shown: Terminal = { ...terminal, colors: style.colored ? colors : 0, links: false };
  return ({ name }, cells) =>
    segmentLook(name, config, { ...shown, cells: Math.min(shown.cells, cells) }) ?? "";
}

/** Cells of the column of looks: a wider one takes its short form. */
const MOST_LOOK = 32;
/** With less room for look and text, the text goes below. Cells. */
const NARROW = 44;

/** @returns name, look and text in columns, wrapped at words */
function list(chosen: readonly Segment[], look: Look, { width, paint }: TextStyle): string {
  const names = Math.max(...chosen.map((segment) => referenceOf(segment).length));
  const beside = width - names - 4;
  const isNarrow = beside < NARROW;
  const room = isNarrow ? beside + 2 : Math.min(MOST_LOOK, Math.floor(beside * 0.45));
  const drawn = chosen.map((segment) => look(segment, room));
  const looks = Math.max(...drawn.map((each) => Bun.stringWidth(each)));
  const indent = " ".repeat(isNarrow ? 2 : names + looks + 4);
  return chosen
    .flatMap((segment, index) => {
      const head = `${referenceOf(segment).padEnd(names)}  ${padCells(drawn[index] as string, isNarrow ? 0 : looks)}`;
      const [first = "", ...rest] = wrap(segment.about, width - indent.length);
      const below = rest.map((line) => indent + paint.dim(line));
      return isNarrow
        ? [head, indent + paint.dim(first), ...below]
        : [`${head}  ${paint.dim(first)}`, ...below];
    })
    .join("\n");
}

/** @returns everything about one segment */
function describe(segment: Segment, look: Look, { width }: TextStyle): string {
  const rows: [string, string][] = [
    ["from", segment.source],
    ["absent", `when ${segment.absent}`],
    ["priority", String(segment.priority)],
  ];
  if (segment.levels)
    rows.push(["levels", levelsText([segment.levels.warn, segment.levels.critical], segment.levels)]);
  for (const [name, option] of Object.entries(segment.options ?? {})) {
    const choices = "choices" in option && option.choices ? `: ${option.choices.join(", ")}` : "";
    rows.push([name, `${option.about} (default ${JSON.stringify(option.default)})${choices}`]);
  }
  const labels = Math.max(...rows.map(([label]) => label.length));
  const head = wrap(`${referenceOf(segment)}: ${segment.about}`, width).join("\n");
  return [
    head,
    `  ${"look".padEnd(labels)}  ${look(segment, width - labels - 4)}`,
    columns(rows, width),
  ].join("\n");
}

function markdown(): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const rows = SEGMENTS.map((segment) => {
    const options = Object.keys(segment.options ?? {}).map((name) => `\`${name}\``);
    if (segment.levels) options.push("`levels`");
    return `| \`${referenceOf(segment)}\` | ${cell(segment.about)} | ${cell(segment.source)} | ${cell(segment.absent)} | ${options.join(" ")} |`;
  });
  return ["| Segment | Shows | From | Absent when | Options |", "|---|---|---|---|---|", ...rows].join("\n");
}
