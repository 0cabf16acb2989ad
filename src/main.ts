/**
 * argv → one command, loaded on demand → its exit code. The program as a whole in one screen.
 *
 * Only this file ends the process. What a command throws becomes one line on stderr, a hint, and an exit code.
 */

import { APPLETS } from "./applets/index.ts";
import { type Command, type CommandGroup, NO_OPTIONS } from "./cli/command.ts";
import { CommandError, UsageError } from "./cli/errors.ts";
import { EXIT } from "./cli/exit-codes.ts";
import type { ParsedOptions } from "./cli/options.ts";
import { COMMANDS } from "./commands/index.ts";
import { COMMIT, VERSION } from "./version.ts";

async function main(argv: readonly string[]): Promise<number> {
  const calledAs = process.argv0.slice(process.argv0.lastIndexOf("/") + 1);
  if (Object.hasOwn(APPLETS, calledAs)) return runAs(calledAs, argv);
  const [word, ...rest] = argv;
  if (word === undefined || word === "--help" || word === "-h" || word === "help") return help(rest);
  if (word === "--version" || word === "-V") return print(`plimsoll ${VERSION} (${COMMIT})\n`);
  const entry = Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
  if (!entry) throw await unknown("command", word, COMMANDS, "plimsoll");
  if (entry.long) Bun.unsafe.setJITPolicy(1);
  const command = await entry.load();
  if ("subcommands" in command) return runMember(command, rest);
  try {
    return await runCommand(command, rest);
  } catch (error) {
    // Claude Code blanks a line whose command fails: `display` draws what is wrong instead.
    if (command.onFailure) return command.onFailure(error);
    throw error;
  }
}

/** Be flock(1) or timeout(1): the program was started through a link of that name. */
async function runAs(tool: string, argv: readonly string[]): Promise<number> {
  const { runPersona } = await import("./applets/applet.ts");
  return runPersona(await (APPLETS[tool] as (typeof APPLETS)[string]).load(), argv);
}

async function runMember(group: CommandGroup, argv: readonly string[]): Promise<number> {
  const [word, ...rest] = argv;
  if (word === undefined)
    throw new UsageError(`'plimsoll ${group.name}' needs a command`, seeHelp(group.name));
  if (word === "--help" || word === "-h") return showHelp(group);
  if (word === "--version" || word === "-V") return print(`plimsoll ${VERSION} (${COMMIT})\n`);
  const load = Object.hasOwn(group.subcommands, word) ? group.subcommands[word] : undefined;
  if (!load)
    throw await unknown(`'${group.name}' command`, word, group.subcommands, `plimsoll ${group.name}`);
  return runCommand(await load(), rest);
}

async function runCommand(command: Command, argv: readonly string[]): Promise<number> {
  const options = argv.length === 0 ? NO_OPTIONS : await parse(command, argv);
  if (options.has("help")) return showHelp(command);
  if (options.has("version")) return print(`plimsoll ${VERSION} (${COMMIT})\n`);
  return command.run(options);
}

async function parse(command: Command, argv: readonly string[]): Promise<ParsedOptions> {
  const { COMMON_OPTIONS, parseOptions } = await import("./cli/options.ts");
  return parseOptions([...command.options, ...COMMON_OPTIONS], argv, command);
}

async function help([word]: readonly string[]): Promise<number> {
  const { programHelp } = await import("./commands/help.ts");
  const entry = word !== undefined && Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
  return entry ? showHelp(await entry.load()) : print(programHelp());
}

async function showHelp(command: Command | CommandGroup): Promise<number> {
  const { commandHelp } = await import("./commands/help.ts");
  return print(await commandHelp(command));
}

async function unknown(what: string, word: string, known: object, program: string): Promise<UsageError> {
  const { nearest } = await import("./cli/nearest.ts");
  const guess = nearest(word, Object.keys(known));
  return new UsageError(
    `unknown ${what} '${word}'`,
    guess ? `did you mean '${program} ${guess}'?` : `'${program} --help' lists what there is`,
  );
}

const seeHelp = (name: string) => `see 'plimsoll ${name} --help'`;

async function print(text: string): Promise<number> {
  const { printLine } = await import("./cli/print.ts");
  printLine(text.trimEnd());
  return EXIT.ok;
}

/** @returns the exit code that an error stands for, once it was reported */
async function report(error: unknown): Promise<number> {
  const { sayError, sayInternalError, sayLines } = await import("./cli/say.ts");
  if (error instanceof CommandError) {
    sayError(`plimsoll: ${error.message}`, error.hint);
    if (error.more !== undefined) sayLines(error.more);
    return error.exitCode;
  }
  sayInternalError("plimsoll: internal error: ", error);
  return EXIT.internal;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  async (error) => process.exit(await report(error)),
);
