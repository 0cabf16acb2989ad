/**
 * Command lines as getopt_long(3) reads them, from one table per command that also writes its help.
 *
 * Ours rather than `util.parseArgs`, because `lock run`, `run` and both personas need what that does not have:
 * options that stop at the first operand, unambiguous prefixes of long options, and `-k5` beside `-k 5`.
 */

import { UsageError } from "./errors.ts";
import { nearest } from "./nearest.ts";

/**
 * What a word of the command line can be, for shells to complete: one of these, or a thing of a kind. "lock" is a lock's
 * name or path; "command" is another program, and all that follows are its own words.
 */
export type Completion = readonly string[] | "file" | "directory" | "lock" | "command";

/** One option of a command. */
export interface OptionSpec {
  /** Long names without dashes, the documented one first. */
  readonly long: readonly [string, ...string[]];
  /** Short names without the dash, the documented one first. */
  readonly short?: readonly string[];
  /** What the option takes, as help shows it (`SECONDS`); absent for a flag. */
  readonly value?: string;
  /** What its value can be; absent where nothing is known of it. */
  readonly completion?: Completion;
  /** One line for the help. */
  readonly about: string;
}

/** The options that every native command has. */
export const COMMON_OPTIONS: readonly OptionSpec[] = [
  { long: ["help"], short: ["h"], about: "Show this help" },
  { long: ["version"], short: ["V"], about: "Show the version" },
];

/** A parsed command line. Options are keyed by their first long name. */
export interface ParsedOptions {
  /** Whether the option was given at all. */
  has(name: string): boolean;
  /** The last value given to the option. */
  get(name: string): string | undefined;
  /** All values given to the option, in order. */
  all(name: string): readonly string[];
  /** Which of these options was given last, for those that overrule each other. */
  lastOf<Name extends string>(...names: readonly Name[]): Name | undefined;
  /** What is not an option, in order. */
  readonly operands: readonly string[];
}

/** How a command line went wrong, before a command words it its own way. */
export class OptionError extends UsageError {
  readonly kind: "unknown" | "ambiguous" | "missing-value" | "unexpected-value";
  /** The option as it was typed, dashes included; for a value that is missing or too many, its full name. */
  readonly option: string;
  /** The word that it stood in: `--nope=3`, `-xz`. */
  readonly word: string;
  /** What an ambiguous one could be, dashes included. */
  readonly choices: readonly string[];

  constructor(
    kind: OptionError["kind"],
    option: string,
    message: string,
    {
      hint,
      word = option,
      choices = [],
    }: { hint?: string | undefined; word?: string; choices?: string[] } = {},
  ) {
    super(message, hint);
    this.name = "OptionError";
    this.kind = kind;
    this.option = option;
    this.word = word;
    this.choices = choices;
  }
}

/**
 * Parse a command line.
 * @param specs the command's options
 * @param argv the words after the command's name
 * @param stopAtOperand treat everything from the first operand on as operands, as `flock FILE CMD -x` needs
 * @throws OptionError for an unknown or ambiguous option, a missing value, or a value given to a flag
 */
export function parseOptions(
  specs: readonly OptionSpec[],
  argv: readonly string[],
  { stopAtOperand = false } = {},
): ParsedOptions {
  const values = new Map<string, string[]>();
  const given: string[] = [];
  const operands: string[] = [];
  const note = (spec: OptionSpec, value: string) => {
    given.push(spec.long[0]);
    const list = values.get(spec.long[0]);
    if (list) list.push(value);
    else values.set(spec.long[0], [value]);
  };

  let index = 0;
  const takeNext = (option: string, spec: OptionSpec): string => {
    const value = argv[index++];
    if (value === undefined)
      throw new OptionError("missing-value", option, `option '${option}' needs a value: ${spec.value}`);
    return value;
  };

  while (index < argv.length) {
    const word = argv[index++] as string;
    if (word === "--") {
      operands.push(...argv.slice(index));
      break;
    }
    if (word.startsWith("--")) {
      const equals = word.indexOf("=");
      const typed = equals < 0 ? word : word.slice(0, equals);
      const { spec, name } = findLong(specs, typed, word);
      if (spec.value === undefined) {
        if (equals >= 0) throw new OptionError("unexpected-value", name, `option '${name}' takes no value`);
        note(spec, "");
      } else note(spec, equals >= 0 ? word.slice(equals + 1) : takeNext(name, spec));
    } else if (word.startsWith("-") && word !== "-") {
      for (let at = 1; at < word.length; at++) {
        const option = `-${word[at]}`;
        const spec = specs.find((candidate) => candidate.short?.includes(word[at] as string));
        if (!spec) throw new OptionError("unknown", option, `unknown option '${option}'`, { word });
        if (spec.value === undefined) note(spec, "");
        else {
          note(spec, at + 1 < word.length ? word.slice(at + 1) : takeNext(option, spec));
          break;
        }
      }
    } else if (stopAtOperand) {
      operands.push(word, ...argv.slice(index));
      break;
    } else operands.push(word);
  }

  return {
    has: (name) => values.has(name),
    get: (name) => values.get(name)?.at(-1),
    all: (name) => values.get(name) ?? [],
    lastOf: (...names) =>
      names.find((name) => name === given.findLast((each) => names.some((one) => one === each))),
    operands,
  };
}

/** @returns the option that a long name or an unambiguous prefix of one means, and the full name, dashes included */
function findLong(
  specs: readonly OptionSpec[],
  typed: string,
  word: string,
): { spec: OptionSpec; name: string } {
  const name = typed.slice(2);
  const exact = specs.find((spec) => spec.long.includes(name));
  if (exact) return { spec: exact, name: typed };
  const byPrefix = specs.flatMap((spec) => {
    const long = spec.long.find((each) => each.startsWith(name));
    return long === undefined ? [] : [{ spec, name: `--${long}` }];
  });
  const [only] = byPrefix;
  if (only && byPrefix.length === 1) return only;
  if (only) {
    const choices = byPrefix.map((each) => each.name);
    const message = `option '${typed}' is ambiguous: it could be ${choices.join(", ")}`;
    throw new OptionError("ambiguous", typed, message, { word, choices });
  }
  const guess = nearest(
    name,
    specs.map((spec) => spec.long[0]),
  );
  const hint = guess && `did you mean --${guess}?`;
  throw new OptionError("unknown", typed, `unknown option '${typed}'`, { word, hint });
}
