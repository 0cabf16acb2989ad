/**
 * Everything that people or programs read of us, except a child's own output and the row of `display`, which `line/`
 * cleans.
 */
import { ERRNO, errorText } from "../os/ffi/library.ts";
import { writeText } from "../os/io/stdio.ts";
import { type Markup, printable, sanitize } from "./characters.ts";
import { CommandError, EXIT } from "./errors.ts";

const STDOUT = 1;
const STDERR = 2;

/**
 * Print a line.
 * @param markup which escape sequences are our own; default: none
 * @throws CommandError (exit 74) when it cannot be written: a full disk, a closed descriptor
 */
export function printLine(text: string, markup: Markup = "text"): void {
  print(`${text}\n`, markup);
}

/**
 * Print a text as it is.
 * @param markup which escape sequences are our own; default: none
 * @returns false when the reader is gone, as after `| head`
 * @throws CommandError (exit 74) when it cannot be written
 */
export function print(text: string, markup: Markup = "text"): boolean {
  const error = writeOut(text, markup);
  if (error === 0 || error === ERRNO.EPIPE) return error === 0;
  throw new CommandError(`cannot write to stdout: ${errorText(error)}`, { exitCode: EXIT.io });
}

/** @returns 0 when all of the text was written, else the errno */
export const writeOut = (text: string, markup: Markup): number => writeText(STDOUT, sanitize(text, markup));

/** Write something other than a message to standard error: a progress line. Best effort. */
export function writeErr(text: string, markup: Markup): void {
  writeText(STDERR, sanitize(text, markup));
}

/** Draw on a terminal's screen through its stream, which reports when the terminal is gone. */
export function drawOn(stream: { write(text: string): unknown }, text: string): void {
  stream.write(sanitize(text, "screen"));
}

/** Limit of a message, which may contain several paths, or many errors in one file. UTF-16 units. */
const LONGEST_MESSAGE = 16_384;

/**
 * Write a message to standard error on one line and, indented below it, a hint. On a terminal the message is coloured,
 * and the hint is not. Messages use the runtime's console, which also works when the C library cannot be loaded.
 * @param message may contain untrusted text: it is escaped. Commands in quotes ('plimsoll setup') are made runnable
 */
export function reportError(message: string, hint?: string, level: "error" | "warning" = "error"): void {
  const lines = [message, ...(hint ? [`  hint: ${hint}`] : [])];
  const [first, ...rest] = lines.map((line) => printable(withRunnableCommands(line), LONGEST_MESSAGE));
  console.error([`${stderrColor(level)}${first}`, ...rest.map(uncoloured)].join("\n"));
}

/** The program's path is only looked up for a message with a command. */
function withRunnableCommands(text: string): string {
  if (!text.includes("'plimsoll ")) return text;
  try {
    const { withRunnable } = require("./runnable.ts") as typeof import("./runnable.ts");
    return withRunnable(text);
  } catch {
    // Without the C library no path can be looked up.
    return text;
  }
}

/** The runtime's console begins messages on a terminal in red. @returns the sequence to add, or "" */
function stderrColor(level: "error" | "warning"): string {
  return level === "warning" && isColoured() ? "\x1b[33m" : "";
}

const uncoloured = (line: string): string => (isColoured() ? `\x1b[0m${line}` : line);

const isColoured = (): boolean => Boolean(process.stderr.hasColors?.());

/** Write an unexpected error and its stack to standard error. @param prefix of the message */
export function reportInternalError(prefix: string, thrown: unknown): void {
  reportError(`${prefix}${thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)}`);
  const lines = thrown instanceof Error ? (thrown.stack ?? "").split("\n") : [];
  const frames = lines.filter((line) => /^ +at /.test(line));
  if (frames.length > 0) reportLines(frames.join("\n"));
}

/** Write lines to standard error, such as a snippet to paste. */
export function reportLines(text: string): void {
  console.error(uncoloured(sanitize(text, "text")));
}

/** Write a line to standard output with the runtime's console, for programs that do not need the C library to print. */
export function printWithConsole(text: string): void {
  console.log(sanitize(text, "text"));
}

/** Ask at the terminal. @returns the answer, or null at the end of input */
export const ask = (question: string): string | null => prompt(printable(question));
