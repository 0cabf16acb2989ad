/**
 * Messages, by the runtime's own console: it works also where the C library cannot be loaded, and what went wrong may be
 * just that.
 */
import { printable } from "./characters.ts";
import { harmless } from "./harmless.ts";

/** Of a message: several names, or many findings in one file. UTF-16 units. */
const LONGEST_MESSAGE = 16_384;

/**
 * Write one message to standard error, on one line; below it, indented, what to do about it.
 * @param message may quote anything: it is made visible as a whole
 */
export function sayError(message: string, hint?: string): void {
  const lines = [message, ...(hint ? [`  hint: ${hint}`] : [])];
  console.error(lines.map((line) => printable(line, LONGEST_MESSAGE)).join("\n"));
}

/** Write to standard error what was thrown and not expected, and where. @param prefix what the message begins with */
export function sayInternalError(prefix: string, thrown: unknown): void {
  sayError(`${prefix}${thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)}`);
  const lines = thrown instanceof Error ? (thrown.stack ?? "").split("\n") : [];
  const places = lines.filter((line) => /^ +at /.test(line));
  if (places.length > 0) sayLines(places.join("\n"));
}

/** Write lines to standard error: a text to paste. Line breaks in it stay. */
export function sayLines(text: string): void {
  console.error(harmless(text, "text"));
}

/** Write a line to standard output where `writeOut` may be what went wrong. */
export function sayByConsole(text: string): void {
  console.log(harmless(text, "text"));
}

/** Ask at the terminal. @returns the answer, or null at the end of input */
export const ask = (question: string): string | null => prompt(printable(question));
