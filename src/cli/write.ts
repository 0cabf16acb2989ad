/**
 * What is written to standard output and standard error. Everything that people or programs read of us goes through here
 * but two: a child's own output, and the row of `display`, which the room `line` cleans.
 */
import { writeText } from "../os/io/stdio.ts";
import { harmless, type Markup } from "./harmless.ts";

const STDOUT = 1;
const STDERR = 2;

/** @returns 0 when all of the text was written, else the errno that says why not */
export const writeOut = (text: string, markup: Markup): number => writeText(STDOUT, harmless(text, markup));

/** Write to standard error what is no message: a progress line. When it cannot be written it is dropped. */
export function writeErr(text: string, markup: Markup): void {
  writeText(STDERR, harmless(text, markup));
}

/** Draw on a terminal's screen, through its stream: that says when the terminal is gone. */
export function drawOn(stream: { write(text: string): unknown }, text: string): void {
  stream.write(harmless(text, "screen"));
}
