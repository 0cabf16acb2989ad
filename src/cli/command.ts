import type { Completion, OptionSpec, ParsedOptions } from "./options.ts";

/** One subcommand: how it is called, how it explains itself, and what it does. */
export interface Command {
  /** Its name as typed, words separated by spaces: `lock run`. */
  readonly name: string;
  /** What follows the name, one string for each form: `[options] NAME -- CMD…`. */
  readonly usage: readonly string[];
  /** One line for the list of commands. */
  readonly about: string;
  /** Paragraphs for its own help: what it promises, its exit codes, an example. */
  readonly details?: string;
  readonly options: readonly OptionSpec[];
  /** What its operands can be, in order, for shells to complete; undefined where nothing is known of one. */
  readonly operands?: readonly (Completion | undefined)[];
  /** What every further operand can be. */
  readonly moreOperands?: Completion;
  /** Options end at the first operand: what follows is another program's command line. */
  readonly stopAtOperand?: boolean;
  /** What to do instead of reporting an error and failing. @returns the exit code */
  onFailure?(error: unknown): number;
  /** @returns the exit code */
  run(options: ParsedOptions): number | Promise<number>;
}

/** A command that only holds others: `lock`. */
export interface CommandGroup {
  readonly name: string;
  readonly about: string;
  /** The words that may follow, each a command of its own. */
  readonly subcommands: Readonly<Record<string, () => Promise<Command>>>;
}

/** One line of the program's table of commands. */
export interface CommandEntry {
  /** One line for `plimsoll --help`. */
  readonly about: string;
  /** Works for longer than it takes to start, so that compiling hot code pays: see `jitPolicy` in build.ts. */
  readonly long?: true;
  /** Loads the command; nothing else of the program is evaluated before that. */
  load(): Promise<Command | CommandGroup>;
}

/** An empty command line. `display` is called with one, and not charged for the parser. */
export const NO_OPTIONS: ParsedOptions = {
  has: () => false,
  get: () => undefined,
  all: () => [],
  lastOf: () => undefined,
  operands: [],
};
