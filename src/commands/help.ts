import type { Command, CommandGroup } from "../cli/command.ts";
import { COMMON_OPTIONS, type OptionSpec } from "../cli/options.ts";
import { wrap } from "../cli/wrap.ts";
import { VERSION } from "../version.ts";
import { COMMANDS } from "./index.ts";

const INDENT = "  ";
/** Cells that are too few for a second column: its texts then go over the edge, as they would anyhow. */
const NARROW = 20;

/** Cells of the terminal; without one nothing is wrapped. */
const terminalWidth = (): number => (process.stdout.isTTY && process.stdout.columns) || Infinity;

/**
 * @param room cells
 * @returns the text of `plimsoll --help`
 */
export function programHelp(room = terminalWidth()): string {
  const commands = Object.entries(COMMANDS).map(([name, { about }]) => [name, about] as const);
  return [
    ...wrap(
      `plimsoll ${VERSION}: the status line for Claude Code that is always there, tells the truth, and costs nothing.`,
      room,
    ),
    "",
    "Usage: plimsoll COMMAND [options]",
    "",
    "Commands:",
    columns(commands, room),
    "",
    "Options:",
    columns(COMMON_OPTIONS.map(optionRow), room),
    "",
    paragraphs(
      "'plimsoll COMMAND --help' explains one command. Started through a link named 'flock' or 'timeout',\nthe program is that tool.",
      room,
    ),
    "",
  ].join("\n");
}

/**
 * @param room cells
 * @returns the text of `plimsoll COMMAND --help` for a command or a group of them
 */
export async function commandHelp(command: Command | CommandGroup, room = terminalWidth()): Promise<string> {
  if ("subcommands" in command) {
    const rows = await Promise.all(
      Object.entries(command.subcommands).map(async ([word, load]) => [word, (await load()).about] as const),
    );
    return [
      ...wrap(`${command.about}.`, room),
      "",
      `Usage: plimsoll ${command.name} COMMAND [options]`,
      "",
      "Commands:",
      columns(rows, room),
      "",
    ].join("\n");
  }
  const usage = command.usage.map((form, index) =>
    `${index === 0 ? "Usage:" : "   or:"} plimsoll ${command.name} ${form}`.trimEnd(),
  );
  return [
    ...wrap(`${command.about}.`, room),
    "",
    ...usage,
    "",
    "Options:",
    columns([...command.options, ...COMMON_OPTIONS].map(optionRow), room),
    "",
    ...(command.details ? [paragraphs(command.details.trim(), room), ""] : []),
  ].join("\n");
}

function optionRow(option: OptionSpec): readonly [string, string] {
  const names = [
    ...(option.short ?? []).map((name) => `-${name}`),
    ...option.long.map((name) => `--${name}`),
  ];
  return [names.join(", ") + (option.value === undefined ? "" : ` ${option.value}`), option.about];
}

function columns(rows: readonly (readonly [string, string])[], room: number): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  const second = INDENT.length + width + 2;
  const lines = rows.map(([left, right]) => {
    const wrapped = wrap(right, room - second < NARROW ? Infinity : room - second);
    return `${INDENT}${left.padEnd(width)}  ${wrapped.join(`\n${" ".repeat(second)}`)}`;
  });
  return lines.join("\n");
}

/** Lines that are too long take the rest of their paragraph with them; indented ones are examples, and stay. */
function paragraphs(text: string, room: number): string {
  return text
    .split("\n\n")
    .map((paragraph) => {
      const lines = paragraph.split("\n");
      if (lines.every((line) => line.length <= room) || lines.some((line) => line.startsWith(" ")))
        return paragraph;
      return wrap(lines.join(" "), room).join("\n");
    })
    .join("\n\n");
}
