/** What commands print on standard output: all of it, or an error that says so. */
import { getSystemErrorMap } from "node:util";
import { ERRNO } from "../os/ffi/library.ts";
import { CommandError } from "./errors.ts";
import { EXIT } from "./exit-codes.ts";
import type { Markup } from "./harmless.ts";
import { writeOut } from "./write.ts";

/**
 * Print a text and a line break.
 * @param markup which escape sequences are our own; without it none are
 * @throws CommandError (exit 74) when it cannot be written: a full disk, a descriptor that is closed
 */
export function printLine(text: string, markup: Markup = "text"): void {
  print(`${text}\n`, markup);
}

/**
 * Print a text as it is.
 * @param markup which escape sequences are our own; without it none are
 * @returns false when the reader has seen enough: `head` ends a pipe like this
 * @throws CommandError (exit 74) when it cannot be written
 */
export function print(text: string, markup: Markup = "text"): boolean {
  const error = writeOut(text, markup);
  if (error === 0 || error === ERRNO.EPIPE) return error === 0;
  const reason = getSystemErrorMap().get(-error)?.[1] ?? `error ${error}`;
  throw new CommandError(`stdout cannot be written to: ${reason}`, { exitCode: EXIT.io });
}
