/** What commands print on standard output: all of it, or an error that says so. */
import { getSystemErrorMap } from "node:util";
import { ERRNO } from "../process/libc/library.ts";
import { writeText } from "../process/stdout.ts";
import { CommandError } from "./errors.ts";
import { EXIT } from "./exit-codes.ts";

const STDOUT = 1;

/**
 * Print a text and a line break.
 * @throws CommandError (exit 74) when it cannot be written: a full disk, a descriptor that is closed
 */
export function printLine(text: string): void {
  print(`${text}\n`);
}

/**
 * Print a text as it is.
 * @returns false when the reader has seen enough: `head` ends a pipe like this
 * @throws CommandError (exit 74) when it cannot be written
 */
export function print(text: string): boolean {
  const error = writeText(STDOUT, text);
  if (error === 0 || error === ERRNO.EPIPE) return error === 0;
  const reason = getSystemErrorMap().get(-error)?.[1] ?? `error ${error}`;
  throw new CommandError(`stdout cannot be written to: ${reason}`, { exitCode: EXIT.io });
}
