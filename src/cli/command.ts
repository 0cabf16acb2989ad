/** What a command is: a name, its help, its options, and a function. */
import type { ExitCodes } from "./errors.ts";
import type { Completion, OptionSpec, ParsedOptions } from "./options.ts";

export interface Command {
  /** As typed: `lock run`. */
  readonly name: string;
  /** What follows the name, one string per form: `[options] NAME -- CMD…`. */
  readonly usage: readonly string[];
  /** One line for the list of commands. */
  readonly about: string;
  /** Paragraphs for its help: details, exit codes, an example. */
  readonly details?: string;
  readonly options: readonly OptionSpec[];
  /** The completion of each operand, in order; undefined: none. */
  readonly operands?: readonly (Completion | undefined)[];
  /** The completion of further operands. */
  readonly moreOperands?: Completion;
  /** Options end at the first operand: the rest is another program's command line. */
  readonly stopAtOperand?: boolean;
  /** The exit codes of errors, by name, where they differ from those in errors.ts. */
  readonly exitCodes?: ExitCodes;
  /** Replaces reporting the error. @returns the exit code */
  onFailure?(error: unknown): number;
  /** @returns the exit code */
  run(options: ParsedOptions): number | Promise<number>;
}

/** A command that only has subcommands: `lock`. */
export interface CommandGroup {
  readonly name: string;
  readonly about: string;
  readonly subcommands: Readonly<Record<string, () => Promise<Command>>>;
}

/** The sections of `plimsoll --help`. */
export type HelpSection = "start" | "understand" | "tools" | "internals";

/** A row of the table of commands. */
export interface CommandEntry {
  /** Where `plimsoll --help` lists it. */
  readonly section: HelpSection;
  /** One line for `plimsoll --help`. */
  readonly about: string;
  /** Runs long enough that compiling hot code pays off: see `jitPolicy` in build.ts. */
  readonly long?: true;
  /** Loads the command on demand. */
  load(): Promise<Command | CommandGroup>;
}

/** An empty command line, which needs no parser: `display` is called with one. */
export const NO_OPTIONS: ParsedOptions = {
  has: () => false,
  get: () => undefined,
  all: () => [],
  lastOf: () => undefined,
  operands: [],
};
