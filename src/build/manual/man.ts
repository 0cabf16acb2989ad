/** The manual page plimsoll(1), in the macros of man(7), made from the tables of commands, exit codes and files. */

import { APPLETS } from "../../applets/index.ts";
import type { Command } from "../../cli/command.ts";
import { EXIT, EXIT_MEANINGS } from "../../cli/errors.ts";
import { COMMON_OPTIONS, type OptionSpec } from "../../cli/options.ts";
import { ENVIRONMENT, EXAMPLES, files } from "./reference.ts";
import { bold, definitions, escaped, filled, literal, page, prose } from "./roff.ts";
import { type CommandNode, flatten } from "./tree.ts";

/** @param version the program's @param date the day of its last change, as 2026-11-21 */
export function manualPage(program: CommandNode, version: string, date: string): string {
  return page([
    `.TH PLIMSOLL 1 "${date}" "plimsoll ${escaped(version)}" "User Commands"`,
    // Left-aligned, and no word broken: option names and paths are to be found by searching.
    ".ad l",
    ".nh",
    ".SH NAME",
    "plimsoll \\- the status line for Claude Code, its ledger, locks and deadlines",
    ".SH SYNOPSIS",
    ...form("COMMAND [options]"),
    ...form("--help"),
    ...form("--version"),
    ".SH DESCRIPTION",
    prose(
      "Claude Code runs 'plimsoll display' as its status line command. It draws who works where and how loaded the " +
        "session is: model, directory, git, context, cost, limits. What has to be worked out is gathered in the " +
        "background and kept in the state directory; a render reads a few small files, and always draws a row.\n\n" +
        "The other commands explain and change that line, report what was used and what it cost, and run commands " +
        "under locks and deadlines. Figures that are old, estimated or unknown are marked as such.",
    ),
    ".SH OPTIONS",
    "Every command has these:",
    ...COMMON_OPTIONS.flatMap(option),
    ".SH COMMANDS",
    ...flatten(program).flatMap(({ command, name, about, members }) => {
      if (command) return describe(command);
      return name === "" || members.length === 0
        ? []
        : [`.SS ${bold(`plimsoll ${name}`)}`, prose(`${about}.`)];
    }),
    ".SH FILES",
    ...definitions(files()),
    ".SH ENVIRONMENT",
    ...definitions(ENVIRONMENT),
    ".SH EXIT STATUS",
    prose("These mean the same for every command; which of them a command uses stands with it."),
    ...definitions(
      Object.entries(EXIT).map(([name, code]) => [String(code), EXIT_MEANINGS[name as keyof typeof EXIT]]),
    ),
    ".SH OTHER NAMES",
    prose(
      "Started through a link of one of these names ('plimsoll applets' makes them), the program is that tool:",
    ),
    ...definitions(Object.entries(APPLETS).map(([name, { about }]) => [name, `${about}.`])),
    ".SH EXAMPLES",
    ...EXAMPLES.flatMap(([about, command]) => [".PP", prose(about), literal([`  ${command}`])]),
    ".SH SEE ALSO",
    ".BR flock (1),",
    ".BR timeout (1)",
  ]);
}

/** @returns the whole help of one command: its forms, its options, and what it says of itself */
function describe({ name, usage, about, options, details }: Command): string[] {
  return [
    `.SS ${bold(`plimsoll ${name}`)}`,
    ...usage.filter((each) => each !== "").flatMap((each) => form(`${name} ${each}`)),
    ".PP",
    prose(`${about}.`),
    ...options.flatMap(option),
    ...(details === undefined ? [] : [".PP", prose(details.trim())]),
  ];
}

/** One form of a command line, on a line of its own. */
const form = (words: string): string[] => [".br", `${bold("plimsoll")} ${escaped(words)}`];

function option({ short = [], long, value, about }: OptionSpec): string[] {
  const names = [...short.map((name) => `-${name}`), ...long.map((name) => `--${name}`)].map(bold).join(", ");
  const heading = value === undefined ? names : `${names} \\fI${escaped(value)}\\fR`;
  return [".TP", heading, filled(`${about}.`)];
}
