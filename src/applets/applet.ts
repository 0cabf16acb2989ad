import { OptionError, type OptionSpec, type ParsedOptions, parseOptions } from "../cli/options.ts";
import { reportError } from "../cli/output.ts";

/** A tool that the program replaces when it is started under the tool's name (a multi-call binary). */
export interface Applet {
  /** The tool's name, and the link's. */
  readonly name: string;
  /** @returns the exit code */
  run(argv: readonly string[]): number | Promise<number>;
}

/** A failure of the applet, not of the command: a message on stderr and an exit code. */
export class AppletError extends Error {
  readonly exitCode: number;
  /** Print how to get help after the message. */
  readonly tryHelp: boolean;

  constructor(message: string | undefined, exitCode: number, { tryHelp = false } = {}) {
    super(message);
    this.name = "AppletError";
    this.exitCode = exitCode;
    this.tryHelp = tryHelp;
  }
}

/** Run an applet, with the error messages of the original tool. @returns the exit code */
export async function run(applet: Applet, argv: readonly string[]): Promise<number> {
  try {
    return await applet.run(argv);
  } catch (error) {
    if (!(error instanceof AppletError)) throw error;
    if (error.message !== "") report(applet.name, error.message);
    if (error.tryHelp) reportError(`Try '${applet.name} --help' for more information.`);
    return error.exitCode;
  }
}

/** One line on stderr, as `name: message`. */
export const report = (name: string, message: string): void => reportError(`${name}: ${message}`);

/** Parse as getopt_long(3) does, with its error messages; options end at the first operand. */
export function parseAppletOptions(
  specs: readonly OptionSpec[],
  argv: readonly string[],
  usageExitCode: number,
): ParsedOptions {
  try {
    return parseOptions(specs, argv, { stopAtOperand: true });
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    throw new AppletError(getoptMessage(error), usageExitCode, { tryHelp: true });
  }
}

function getoptMessage({ kind, option, word, choices }: OptionError): string {
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
