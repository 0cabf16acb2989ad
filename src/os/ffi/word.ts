import { cString } from "./library.ts";

/** A word of a command line or a path: text, or its bytes where they are not UTF-8. */
export type Word = string | Uint8Array;

/** @returns the word as a C string */
export function cWord(word: Word): Uint8Array {
  if (typeof word === "string") return cString(word);
  const bytes = new Uint8Array(word.length + 1);
  bytes.set(word);
  return bytes;
}

/** @returns the word as text to show */
export const showWord = (word: Word): string =>
  typeof word === "string" ? word : new TextDecoder().decode(word);
