/** Commas and the comments beside them: a comment after a comma on the same line belongs to the value before it. */
import { endOf, type Node } from "./tree.ts";

/** The comma after a value, with the comments before it. */
export const COMMA = /^(?:[\s\ufeff]|\/\/[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*,/;

/** @returns the index behind the comma after a value, before `end`; undefined without one */
export function commaBehind(text: string, value: Node, end: number): number | undefined {
  const found = COMMA.exec(text.slice(endOf(value), end));
  return found ? endOf(value) + found[0].length : undefined;
}

/** @returns the end of a comment on the same line, or `from` without one */
export function commentEnd(text: string, from: number): number {
  const line = /^[ \t]*(\/\/[^\r\n]*|\/\*[^\n]*?\*\/)/.exec(text.slice(from));
  return line ? from + line[0].length : from;
}

/**
 * Remove the last value of an object or a list: the text is as before it was inserted.
 * @param before the value before it
 * @param end of the object or list
 */
export function withoutLast(text: string, before: Node, value: Node, end: number): string {
  const comma = commaBehind(text, before, end) ?? endOf(before);
  const kept = commentEnd(text, comma);
  const trailing = commaBehind(text, value, end);
  return trailing === undefined
    ? text.slice(0, comma - 1) + text.slice(comma, kept) + text.slice(endOf(value))
    : text.slice(0, kept) + text.slice(trailing);
}
