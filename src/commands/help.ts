import { columns, paragraphs, terminalWidth, wrap } from "../cli/columns.ts";
import type { Command, CommandGroup } from "../cli/command.ts";
import { COMMON_OPTIONS, type OptionSpec } from "../cli/options.ts";
import { VERSION } from "../version.ts";
import { COMMANDS } from "./index.ts";
import { SECTIONS } from "./sections.ts";

/** @returns the text of `plimsoll --help` for a width of `room` cells */
export function programHelp(room = terminalWidth()): string {
  const widest = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  return [
    ...wrap(
      `plimsoll ${VERSION}: a status line for Claude Code that is always there, shows correct figures, and costs nothing.`,
      room,
    ),
    "",
    "Usage: plimsoll COMMAND [options]",
    "",
    ...SECTIONS.flatMap(({ title, commands }) => [
      `${title}:`,
      columns(
        commands.map(([name, { about }]) => [name, about] as const),
        room,
        widest,
      ),
      "",
    ]),
    "Options:",
    columns(COMMON_OPTIONS.map(optionRow), room),
    "",
    paragraphs(
      "'plimsoll COMMAND --help' describes one command. Started through a link named 'flock' or 'timeout',\nthe program behaves as that tool.",
      room,
    ),
    "",
  ].join("\n");
}

/** @returns the text of `plimsoll COMMAND --help` for a width of `room` cells */
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
