/**
 * argv → one command, loaded on demand → its exit code.
 *
 * Only this file ends the process, and only this file turns errors into messages and exit codes (cli/errors.ts).
 */
import { APPLETS } from "./applets/index.ts";
import { type Command, type CommandGroup, NO_OPTIONS } from "./cli/command.ts";
import { commandError, EXIT, UsageError } from "./cli/errors.ts";
import type { ParsedOptions } from "./cli/options.ts";
import { COMMANDS, findCommand } from "./commands/index.ts";
import { COMMIT, VERSION } from "./version.ts";

async function main(argv: readonly string[]): Promise<number> {
  const calledAs = process.argv0.slice(process.argv0.lastIndexOf("/") + 1);
  if (Object.hasOwn(APPLETS, calledAs)) return runApplet(calledAs, argv);
  const [word, ...rest] = argv;
  if (word === undefined || word === "--help" || word === "-h" || word === "help") return help(rest);
  if (word === "--version" || word === "-V") return printVersion();
  const entry = findCommand(word);
  if (!entry) throw await unknown("command", word, COMMANDS, "plimsoll");
  if (entry.long) Bun.unsafe.setJITPolicy(1);
  const command = await entry.load();
  return "subcommands" in command ? runSubcommand(command, rest) : runCommand(command, rest);
}

/** The program was started through a link named `flock` or `timeout`. */
async function runApplet(name: string, argv: readonly string[]): Promise<number> {
  const { run } = await import("./applets/applet.ts");
  return run(await (APPLETS[name] as (typeof APPLETS)[string]).load(), argv);
}

async function runSubcommand(group: CommandGroup, argv: readonly string[]): Promise<number> {
  const [word, ...rest] = argv;
  const { name, subcommands } = group;
  if (word === undefined)
    throw new UsageError(`'plimsoll ${name}' requires a command`, `see 'plimsoll ${name} --help'`);
  if (word === "--help" || word === "-h") return showHelp(group);
  if (word === "--version" || word === "-V") return printVersion();
  const load = Object.hasOwn(subcommands, word) ? subcommands[word] : undefined;
  if (!load) throw await unknown(`'${name}' command`, word, subcommands, `plimsoll ${name}`);
  return runCommand(await load(), rest);
}

async function runCommand(command: Command, argv: readonly string[]): Promise<number> {
  try {
    const options = argv.length === 0 ? NO_OPTIONS : await parse(command, argv);
    if (options.has("help")) return await showHelp(command);
    if (options.has("version")) return await printVersion();
    return await command.run(options);
  } catch (error) {
    // Claude Code shows an empty line when the command fails: `display` draws the error instead.
    if (command.onFailure) return command.onFailure(error);
    throw commandError(error, command.exitCodes) ?? error;
  }
}

async function parse(command: Command, argv: readonly string[]): Promise<ParsedOptions> {
  const { COMMON_OPTIONS, parseOptions } = await import("./cli/options.ts");
  return parseOptions([...command.options, ...COMMON_OPTIONS], argv, command);
}

async function help([word]: readonly string[]): Promise<number> {
  const { programHelp } = await import("./commands/help.ts");
  const entry = word === undefined ? undefined : findCommand(word);
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
    guess ? `did you mean '${program} ${guess}'?` : `'${program} --help' lists the commands`,
  );
}

const printVersion = (): Promise<number> => print(`plimsoll ${VERSION} (${COMMIT})`);

async function print(text: string): Promise<number> {
  const { printLine } = await import("./cli/output.ts");
  printLine(text.trimEnd());
  return EXIT.ok;
}

/** Report an error. @returns the exit code */
async function report(error: unknown): Promise<number> {
  const { reportError, reportInternalError, reportLines } = await import("./cli/output.ts");
  const known = commandError(error);
  if (known) {
    reportError(`plimsoll: ${known.message}`, known.hint);
    if (known.more !== undefined) reportLines(known.more);
    return known.exitCode;
  }
  reportInternalError("plimsoll: internal error: ", error);
  return EXIT.internal;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  async (error) => process.exit(await report(error)),
);
