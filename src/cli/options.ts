/**
 * Parsing command lines as getopt_long(3) does, from a table per command that also generates its help.
 *
 * Not `util.parseArgs`, because `lock run`, `run` and the applets need options that stop at the first operand,
 * unambiguous prefixes of long options, and `-k5` as well as `-k 5`.
 */

import { UsageError } from "./errors.ts";
import { nearest } from "./nearest.ts";

/**
 * How shells complete a word: one of these words, or a kind. "lock" is a lock's name or path; "command" is another
 * program, whose own command line follows.
 */
export type Completion = readonly string[] | "file" | "directory" | "lock" | "command";

export interface OptionSpec {
  /** Long names without dashes, the documented one first. */
  readonly long: readonly [string, ...string[]];
  /** Short names without the dash, the documented one first. */
  readonly short?: readonly string[];
  /** The name of its value in the help (`SECONDS`); absent for a flag. */
  readonly value?: string;
  /** How to complete its value; absent: not at all. */
  readonly completion?: Completion;
  /** One line for the help. */
  readonly about: string;
}

/** The options of every native command. */
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
  /** Which of these options was given last, for options that override each other. */
  lastOf<Name extends string>(...names: readonly Name[]): Name | undefined;
  /** The operands, in order. */
  readonly operands: readonly string[];
}

/** An invalid command line. The applets replace the message with the one of their original. */
export class OptionError extends UsageError {
  readonly kind: "unknown" | "ambiguous" | "missing-value" | "unexpected-value";
  /** The option as typed, with dashes; for a missing or unexpected value its full name. */
  readonly option: string;
  /** The word that contains it: `--nope=3`, `-xz`. */
  readonly word: string;
  /** The possible meanings of an ambiguous option, with dashes. */
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
 * @param argv the words after the command's name
 * @param stopAtOperand treat everything from the first operand on as operands, as in `flock FILE CMD -x`
 * @throws OptionError for an unknown or ambiguous option, a missing value, or a value for a flag
 */
export function parseOptions(
  specs: readonly OptionSpec[],
  argv: readonly string[],
  { stopAtOperand = false } = {},
): ParsedOptions {
  const values = new Map<string, string[]>();
  const given: string[] = [];
  const operands: string[] = [];
  const add = (spec: OptionSpec, value: string) => {
    given.push(spec.long[0]);
    const list = values.get(spec.long[0]);
    if (list) list.push(value);
    else values.set(spec.long[0], [value]);
  };

  let index = 0;
  const takeNext = (option: string, spec: OptionSpec): string => {
    const value = argv[index++];
    if (value === undefined)
      throw new OptionError("missing-value", option, `option '${option}' requires a value: ${spec.value}`);
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
        add(spec, "");
      } else add(spec, equals >= 0 ? word.slice(equals + 1) : takeNext(name, spec));
    } else if (word.startsWith("-") && word !== "-") {
      for (let at = 1; at < word.length; at++) {
        const option = `-${word[at]}`;
        const spec = specs.find((candidate) => candidate.short?.includes(word[at] as string));
        if (!spec) throw new OptionError("unknown", option, `unknown option '${option}'`, { word });
        if (spec.value === undefined) add(spec, "");
        else {
          add(spec, at + 1 < word.length ? word.slice(at + 1) : takeNext(option, spec));
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

/** @returns the option with a long name, or an unambiguous prefix of one, and its full name with dashes */
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
