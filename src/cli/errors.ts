import { EXIT } from "./exit-codes.ts";

/**
 * An error whose message is for the person at the terminal: it says what is wrong, `hint` what to do about it. Each is
 * one line, and may quote anything: it is made visible when it is printed.
 */
export class CommandError extends Error {
  readonly exitCode: number;
  readonly hint: string | undefined;
  /** Lines below the hint: a text to paste. */
  readonly more: string | undefined;

  constructor(
    message: string,
    {
      exitCode = EXIT.failure as number,
      hint,
      more,
    }: { exitCode?: number; hint?: string; more?: string } = {},
  ) {
    super(message);
    this.name = "CommandError";
    this.exitCode = exitCode;
    this.hint = hint;
    this.more = more;
  }
}

/** The command line is not one that we understand: exit 2. */
export class UsageError extends CommandError {
  constructor(message: string, hint?: string) {
    super(message, { exitCode: EXIT.usage, ...(hint === undefined ? {} : { hint }) });
    this.name = "UsageError";
  }
}
