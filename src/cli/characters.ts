/**
 * Text from outside (names, paths, arguments, messages of other programs, contents of files) made visible for people.
 *
 * The rule: what has no picture of its own is written as an escape, on one line. These are control characters (C0, DEL,
 * C1), line and paragraph separators, format characters (bidirectional controls, zero-width characters, tags), every
 * other default-ignorable code point (variation selectors, fillers), noncharacters and unpaired surrogates. So are
 * combining marks at the beginning, and beyond three in a row: they are drawn over their neighbours.
 */

/** The characters of the rule that are one by one, as part of a regular expression's class; for the flag `u`. */
export const UNSEEN =
  "\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\p{Noncharacter_Code_Point}";

const PLAIN = /^[\x20-\x7e]*$/;
/** Made when it is first needed: these classes take longer than all of a row does. */
let escaped: RegExp | undefined;

/** A path may have 4,096 bytes. What is longer is no name that a person reads. UTF-16 units. */
const LONGEST_NAME = 4_096;

const NAMED: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * @param most UTF-16 units of the text that are shown; an ellipsis stands for the rest
 * @returns the text on one line, with an escape (`\n`, `\x1b`, `\u202e`, `\u{e0041}`) for what cannot be seen
 */
export function printable(text: string, most = LONGEST_NAME): string {
  // A cut through a surrogate pair would leave half of a character.
  const shown = text.length <= most ? text : `${text.slice(0, most).replace(/[\ud800-\udbff]$/, "")}…`;
  if (PLAIN.test(shown)) return shown;
  escaped ??= new RegExp(`[${UNSEEN}]|^\\p{M}|(?<=\\p{M}{3})\\p{M}`, "gu");
  return shown.replace(escaped, escapeOf);
}

/** @returns a character as an escape */
export function escapeOf(character: string): string {
  const named = NAMED[character];
  if (named !== undefined) return named;
  const code = character.codePointAt(0) as number;
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\u{${hex}}`;
}
