import { VERSION } from "../version.ts";
import type { Command, CommandGroup } from "./command.ts";
import { COMMANDS } from "./index.ts";
import { COMMON_OPTIONS, type OptionSpec } from "./options.ts";

const INDENT = "  ";

/** @returns the text of `plimsoll --help` */
export function programHelp(): string {
  const commands = Object.entries(COMMANDS).map(([name, { about }]) => [name, about] as const);
  return [
    `plimsoll ${VERSION}: the status line for Claude Code that is always there, tells the truth, and costs nothing.`,
    "",
    "Usage: plimsoll COMMAND [options]",
    "",
    "Commands:",
    columns(commands),
    "",
    "Options:",
    columns(COMMON_OPTIONS.map(optionRow)),
    "",
    "'plimsoll COMMAND --help' explains one command. Started through a link named 'flock' or 'timeout',",
    "the program is that tool.",
    "",
  ].join("\n");
}

/** @returns the text of `plimsoll COMMAND --help` for a command or a group of them */
export async function commandHelp(command: Command | CommandGroup): Promise<string> {
  if ("subcommands" in command) {
    const rows = await Promise.all(
      Object.entries(command.subcommands).map(async ([word, load]) => [word, (await load()).about] as const),
    );
    return [
      `${command.about}.`,
      "",
      `Usage: plimsoll ${command.name} COMMAND [options]`,
      "",
      "Commands:",
      columns(rows),
      "",
    ].join("\n");
  }
  const usage = command.usage.map((form, index) =>
    `${index === 0 ? "Usage:" : "   or:"} plimsoll ${command.name} ${form}`.trimEnd(),
  );
  return [
    `${command.about}.`,
    "",
    ...usage,
    "",
    "Options:",
    columns([...command.options, ...COMMON_OPTIONS].map(optionRow)),
    "",
    ...(command.details ? [command.details.trim(), ""] : []),
  ].join("\n");
}

function optionRow(option: OptionSpec): readonly [string, string] {
  const names = [
    ...(option.short ?? []).map((name) => `-${name}`),
    ...option.long.map((name) => `--${name}`),
  ];
  return [names.join(", ") + (option.value === undefined ? "" : ` ${option.value}`), option.about];
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${INDENT}${left.padEnd(width)}  ${right}`).join("\n");
}
