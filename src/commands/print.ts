/** What a command answers, on stdout. Bun's console.log says nothing when a disk is full: a script would keep half an answer. */
import { getSystemErrorMap } from "node:util";
import { ERRNO } from "../process/libc/library.ts";
import { writeText } from "../process/stdout.ts";
import { CommandError } from "./errors.ts";
import { EXIT } from "./exit-codes.ts";

/**
 * @returns false when the reader has seen enough: `head` ends a pipe like this
 * @throws CommandError with `EXIT.io` when the text cannot be written, as on a full disk
 */
export function print(text: string): boolean {
  const error = writeText(1, text);
  if (error === 0 || error === ERRNO.EPIPE) return error === 0;
  const reason = getSystemErrorMap().get(-error)?.[1] ?? `error ${error}`;
  throw new CommandError(`stdout cannot be written to: ${reason}`, { exitCode: EXIT.io });
}

/** Print a line, or several. @throws CommandError as {@link print} does */
export const printLine = (text: string): void => void print(`${text}\n`);
