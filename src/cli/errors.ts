/** Exit codes, and the errors that end a command. */

/**
 * Exit codes of the native commands. The applets `flock` and `timeout` use the codes of the tools they replace, next to
 * their grammar.
 */
export const EXIT = {
  ok: 0,
  failure: 1,
  /** Not EX_USAGE (64) of sysexits: shells, git and curl use 2. */
  usage: 2,
  /** EX_SOFTWARE */
  internal: 70,
  /** EX_IOERR */
  io: 74,
  /** EX_TEMPFAIL */
  conflict: 75,
  /** The rest as in timeout(1) and env(1). */
  timedOut: 124,
  runFailed: 125,
  notExecutable: 126,
  notFound: 127,
  killed: 137,
} as const;

/** Their meanings, for the manual; not part of the program. */
export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: "Success.",
  failure: "The command ran and failed, or found a problem; see stderr.",
  usage: "The command line is invalid: an unknown command, option or value.",
  internal: "A bug in the program.",
  io: "A file cannot be read or written.",
  conflict: "A lock was held until the wait timed out.",
  timedOut: "The command's deadline passed.",
  runFailed: "The deadline cannot be enforced, or the lock cannot be taken.",
  notExecutable: "The command was found, but cannot be executed.",
  notFound: "The command was not found.",
  killed: "The command was ended with KILL.",
};

/** An error with a message for the user. Message and hint are one line each and may contain untrusted text. */
export class CommandError extends Error {
  readonly exitCode: number;
  /** How to fix it. */
  readonly hint: string | undefined;
  /** Lines below the hint: a text to paste. */
  readonly more: string | undefined;

  constructor(
    message: string,
    {
      exitCode = EXIT.failure as number,
      hint,
      more,
    }: { exitCode?: number | undefined; hint?: string | undefined; more?: string } = {},
  ) {
    super(message);
    this.name = "CommandError";
    this.exitCode = exitCode;
    this.hint = hint;
    this.more = more;
  }
}

/** The command line is invalid: exit 2. */
export class UsageError extends CommandError {
  constructor(message: string, hint?: string) {
    super(message, { exitCode: EXIT.usage, hint });
    this.name = "UsageError";
  }
}

/**
 * The exit codes of errors from the rooms below, by their `name`: importing the classes would load the rooms. An error
 * that has a `reason` may have a code for each.
 */
const EXIT_BY_ERROR: Readonly<Record<string, number | Readonly<Record<string, number>>>> = {
  LedgerError: EXIT.io,
  VersionError: EXIT.io,
  LockError: EXIT.io,
  StateDirectoryError: EXIT.io,
  NoPlaceError: EXIT.io,
  SetupError: { refused: EXIT.failure, io: EXIT.io, busy: EXIT.conflict },
};

/** Exit codes by the name of the error. */
export type ExitCodes = Readonly<Record<string, number>>;

/** @returns the exit code of an error of a room; undefined for an internal error. @param overrides by error name */
export function exitCodeOf(error: Error, overrides: ExitCodes = {}): number | undefined {
  const codes = overrides[error.name] ?? EXIT_BY_ERROR[error.name];
  const { reason } = error as Error & { reason?: unknown };
  return typeof codes === "object" ? codes[String(reason)] : codes;
}

/**
 * @param overrides the command's own codes, by the error's name
 * @returns the error for the user, with its exit code; undefined for an internal error
 */
export function commandError(error: unknown, overrides?: ExitCodes): CommandError | undefined {
  if (error instanceof CommandError) return error;
  const exitCode = error instanceof Error ? exitCodeOf(error, overrides) : undefined;
  if (exitCode === undefined) return undefined;
  const { message, hint } = error as Error & { hint?: string };
  return new CommandError(message, { exitCode, hint });
}
