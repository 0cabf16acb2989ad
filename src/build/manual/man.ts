/** The manual page plimsoll(1), in man(7) macros, generated from the tables of commands, exit codes and files. */

import { APPLETS } from "../../applets/index.ts";
import type { Command } from "../../cli/command.ts";
import { EXIT, EXIT_MEANINGS } from "../../cli/errors.ts";
import { COMMON_OPTIONS, type OptionSpec } from "../../cli/options.ts";
import { SECTIONS } from "../../commands/sections.ts";
import {
  backupsDirectory,
  configPath,
  recordsDirectory,
  type StatePaths,
  statePaths,
} from "../../state/paths.ts";
import { bold, definitions, escaped, filled, literal, page, prose } from "./roff.ts";
import { type CommandNode, flatten } from "./tree.ts";

/** @param version the program's @param date of its last change, as 2026-11-21 */
export function manualPage(program: CommandNode, version: string, date: string): string {
  return page([
    `.TH PLIMSOLL 1 "${date}" "plimsoll ${escaped(version)}" "User Commands"`,
    // Left-aligned without hyphenation, so that option names and paths can be searched.
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
      "Claude Code runs 'plimsoll display' as its status line command. The line shows model, directory, git, context, " +
        "cost and limits. Expensive data is gathered in the background and kept in the state directory; a render reads " +
        "a few small files, and always prints a row.\n\n" +
        "Other commands explain and configure the line, report usage and cost, and run commands under locks and " +
        "deadlines. Figures that are old, estimated or unknown are marked.",
    ),
    ".SH OPTIONS",
    "Common to all commands:",
    ...COMMON_OPTIONS.flatMap(option),
    ".SH COMMANDS",
    ...definitions(
      SECTIONS.map(({ title, commands }) => [title, `${commands.map(([name]) => name).join(", ")}.`]),
    ),
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
    prose("The same for all commands; each command lists those it uses."),
    ...definitions(
      Object.entries(EXIT).map(([name, code]) => [String(code), EXIT_MEANINGS[name as keyof typeof EXIT]]),
    ),
    ".SH OTHER NAMES",
    prose(
      "Started through a link of one of these names ('plimsoll applets' creates them), the program behaves as that tool:",
    ),
    ...definitions(Object.entries(APPLETS).map(([name, { about }]) => [name, `${about}.`])),
    ".SH EXAMPLES",
    ...EXAMPLES.flatMap(([about, command]) => [".PP", prose(about), literal([`  ${command}`])]),
    ".SH SEE ALSO",
    ".BR flock (1),",
    ".BR timeout (1)",
  ]);
}

/** @returns usage, options and details of one command */
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

/** One usage line. */
const form = (words: string): string[] => [".br", `${bold("plimsoll")} ${escaped(words)}`];

function option({ short = [], long, value, about }: OptionSpec): string[] {
  const names = [...short.map((name) => `-${name}`), ...long.map((name) => `--${name}`)].map(bold).join(", ");
  const heading = value === undefined ? names : `${names} \\fI${escaped(value)}\\fR`;
  return [".TP", heading, filled(`${about}.`)];
}

type ManualRow = readonly [term: string, meaning: string];

const STATE: Readonly<Record<keyof StatePaths, string>> = {
  root: "The state directory, private to its owner. PLIMSOLL_STATE or XDG_STATE_HOME moves it.",
  sessions: "Data gathered for each session.",
  repos: "Data gathered for each git working tree.",
  accounts: "Data gathered for each account, that is, each Claude Code directory.",
  locks: "Named locks, and notes on their holders.",
  ledger: "Every assistant message ever read: the only durable data, never deleted.",
  log: "The log of background passes; the previous one is kept with the suffix .1.",
  configCache: "The validated configuration.",
  lastPayload: "The newest payload, for plimsoll explain and plimsoll doctor.",
};

/** @returns the program's files at their default paths */
function files(): ManualRow[] {
  const env = { HOME: "/~" };
  const tilde = (path: string | undefined) => (path as string).slice(1);
  const paths = statePaths(env) as StatePaths;
  const state = Object.entries(STATE) as [keyof StatePaths, string][];
  return [
    [
      tilde(configPath(env)),
      "The configuration, JSON with comments. PLIMSOLL_CONFIG or XDG_CONFIG_HOME moves it.",
    ],
    ...state.map(([name, about]): ManualRow => [tilde(paths[name]), about]),
    [tilde(recordsDirectory(paths)), "Records of the changes of plimsoll setup, for its option --remove."],
    [tilde(backupsDirectory(paths)), "Backups of Claude Code's settings before each change."],
  ];
}

/** The variables that the program reads. */
const ENVIRONMENT: readonly ManualRow[] = [
  ["PLIMSOLL_CONFIG", "The configuration file, an absolute path."],
  ["PLIMSOLL_STATE", "The state directory, an absolute path."],
  ["PLIMSOLL_NO_GATHER", "If not empty, display starts no background pass."],
  [
    "XDG_CONFIG_HOME, XDG_STATE_HOME",
    "Base directories for configuration and state (XDG Base Directory Specification).",
  ],
  ["CLAUDE_CONFIG_DIR", "The Claude Code directories, separated by commas, instead of ~/.claude."],
  [
    "CLAUDE_CODE_SESSION_ID, CLAUDE_PROJECT_DIR, CLAUDE_EFFORT",
    "Set by Claude Code; used if there is no payload.",
  ],
  ["COLUMNS, LINES", "The terminal's size, set by Claude Code."],
  ["NO_COLOR", "If not empty, output is not coloured."],
  ["TERM, COLORTERM, COLORFGBG", "The terminal's colours, and whether its background is dark."],
  ["FORCE_HYPERLINK", "Whether the terminal shows links: 0 or 1."],
];

/** Purpose and command line. */
const EXAMPLES: readonly ManualRow[] = [
  ["Show what each segment displays, or why it is absent:", "plimsoll explain < payload.json"],
  [
    "Create a configuration, and edit it with a live preview:",
    "plimsoll config init --preset developer && plimsoll config edit",
  ],
  [
    "Report usage since the first of the month, by day and model:",
    "plimsoll usage daily --since 2026-11-01 --breakdown",
  ],
  ["Run at most one copy at a time:", "plimsoll lock run backup -- rsync -a src/ dst/"],
  [
    "Run the tests for at most 30 seconds, and leave no process behind:",
    "plimsoll run --kill-after 2s 30s make test",
  ],
];
