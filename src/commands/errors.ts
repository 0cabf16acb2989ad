import { EXIT } from "./exit-codes.ts";

/** An error whose message is for the person at the terminal: it says what is wrong, `hint` what to do about it. */
export class CommandError extends Error {
  readonly exitCode: number;
  readonly hint: string | undefined;

  constructor(
    message: string,
    { exitCode = EXIT.failure as number, hint }: { exitCode?: number; hint?: string } = {},
  ) {
    super(message);
    this.name = "CommandError";
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

/** The command line is not one that we understand: exit 2. */
export class UsageError extends CommandError {
  constructor(message: string, hint?: string) {
    super(message, { exitCode: EXIT.usage, ...(hint === undefined ? {} : { hint }) });
    this.name = "UsageError";
  }
}
