import { OptionError, type OptionSpec, type ParsedOptions, parseOptions } from "../cli/options.ts";
import { sayError } from "../cli/say.ts";

/** A tool that the program is when it was started under the tool's name. */
export interface Applet {
  /** The tool's name, and the link's. */
  readonly name: string;
  /** @returns the exit code */
  run(argv: readonly string[]): number | Promise<number>;
}

/** The end of a persona's run that is not the command's: a message on stderr and an exit code. */
export class PersonaError extends Error {
  readonly exitCode: number;
  /** Follow the message with where help is to be had. */
  readonly tryHelp: boolean;

  constructor(message: string | undefined, exitCode: number, { tryHelp = false } = {}) {
    super(message);
    this.name = "PersonaError";
    this.exitCode = exitCode;
    this.tryHelp = tryHelp;
  }
}

/** Run a persona, wording what went wrong as its original does. @returns the exit code */
export async function runPersona(persona: Applet, argv: readonly string[]): Promise<number> {
  try {
    return await persona.run(argv);
  } catch (error) {
    if (!(error instanceof PersonaError)) throw error;
    if (error.message !== "") say(persona.name, error.message);
    if (error.tryHelp) sayError(`Try '${persona.name} --help' for more information.`);
    return error.exitCode;
  }
}

/** One line on stderr, as `name: message`. */
export const say = (name: string, message: string): void => sayError(`${name}: ${message}`);

/** Parse as getopt_long(3) does, its words included; options end at the first operand. */
export function parsePersonaOptions(
  specs: readonly OptionSpec[],
  argv: readonly string[],
  usageExitCode: number,
): ParsedOptions {
  try {
    return parseOptions(specs, argv, { stopAtOperand: true });
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    throw new PersonaError(getoptWords(error), usageExitCode, { tryHelp: true });
  }
}

function getoptWords({ kind, option, word, choices }: OptionError): string {
  const long = option.startsWith("--");
  switch (kind) {
    case "unknown":
      return long ? `unrecognized option '${word}'` : `invalid option -- '${option.slice(1)}'`;
    case "ambiguous":
      return `option '${word}' is ambiguous; possibilities: ${choices.map((each) => `'${each}'`).join(" ")}`;
    case "missing-value":
      return long
        ? `option '${option}' requires an argument`
        : `option requires an argument -- '${option.slice(1)}'`;
    case "unexpected-value":
      return `option '${option}' doesn't allow an argument`;
  }
}
