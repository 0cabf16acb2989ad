import { printable } from "../cli/characters.ts";
import type { Command } from "../cli/command.ts";
import { EXIT, UsageError } from "../cli/errors.ts";
import { toJson } from "../cli/json.ts";
import { nearest } from "../cli/nearest.ts";
import { printLine } from "../cli/output.ts";
import type { Segment } from "../line/segment.ts";
import { findSegment, SEGMENTS } from "../line/segments/index.ts";

export const segments: Command = {
  name: "segments",
  usage: ["[options] [NAME…]"],
  about: "List the segments: what each shows, its source, its options",
  details: "With names, only those, with their options. --markdown prints the table of the documentation.",
  moreOperands: SEGMENTS.map(({ name }) => name),
  options: [
    { long: ["json"], about: "Print a JSON array" },
    { long: ["markdown"], about: "Print a Markdown table" },
  ],
  run: (options) => {
    const chosen = options.operands.length === 0 ? SEGMENTS : options.operands.map(find);
    if (options.has("json")) {
      const rows = chosen.map(({ render: _, ...described }) => described);
      printLine(toJson(rows, 2));
    } else if (options.has("markdown")) printLine(markdown());
    else if (options.operands.length > 0) printLine(chosen.map(describe).join("\n\n"));
    else {
      const width = Math.max(...SEGMENTS.map((segment) => reference(segment).length));
      for (const segment of chosen) printLine(`${reference(segment).padEnd(width)}  ${segment.about}`);
    }
    return EXIT.ok;
  },
};

const reference = ({ name, argument }: Segment): string =>
  argument === undefined ? name : `${name}:${argument}`;

function find(name: string): Segment {
  const segment = SEGMENTS.find((each) => each.name === name) ?? findSegment(name)?.segment;
  if (segment) return segment;
  const guess = nearest(
    name,
    SEGMENTS.map((each) => each.name),
  );
  throw new UsageError(
    `unknown segment '${printable(name)}'`,
    guess ? `did you mean '${guess}'?` : "'plimsoll segments' lists them",
  );
}

function describe(segment: Segment): string {
  const levels =
    segment.levels && Number.isFinite(segment.levels.warn)
      ? `[${segment.levels.warn}, ${segment.levels.critical}]`
      : "none";
  const lines = [
    `${reference(segment)}: ${segment.about}`,
    `  from      ${segment.source}`,
    `  absent    when ${segment.absent}`,
    `  priority  ${segment.priority}`,
    ...(segment.levels ? [`  levels    ${levels} (${segment.levels.unit})`] : []),
  ];
  for (const [name, option] of Object.entries(segment.options ?? {})) {
    const choices = "choices" in option && option.choices ? `: ${option.choices.join(", ")}` : "";
    lines.push(`  ${name.padEnd(9)} ${option.about} (default ${JSON.stringify(option.default)})${choices}`);
  }
  return lines.join("\n");
}

function markdown(): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const rows = SEGMENTS.map((segment) => {
    const options = Object.keys(segment.options ?? {}).map((name) => `\`${name}\``);
    if (segment.levels) options.push("`levels`");
    return `| \`${reference(segment)}\` | ${cell(segment.about)} | ${cell(segment.source)} | ${cell(segment.absent)} | ${options.join(" ")} |`;
  });
  return ["| Segment | Shows | From | Absent when | Options |", "|---|---|---|---|---|", ...rows].join("\n");
}
