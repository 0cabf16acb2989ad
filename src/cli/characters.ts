/**
 * Escaping untrusted text (names, paths, arguments, messages of other programs, file contents) for terminals.
 *
 * Characters without a glyph of their own are escaped, on one line: control characters (C0, DEL, C1), line and paragraph
 * separators, format characters (bidirectional controls, zero-width characters, tags), all other default-ignorable code
 * points (variation selectors, fillers), noncharacters and unpaired surrogates. So are combining marks at the start, and
 * more than three in a row, because they are drawn over their neighbours.
 */

/** The single characters to escape, for a character class with the flag `u`. */
export const UNSEEN =
  "\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\p{Noncharacter_Code_Point}";

const PLAIN = /^[\x20-\x7e]*$/;
/** Created on first use: compiling it takes longer than drawing a row. */
let escaped: RegExp | undefined;

/** PATH_MAX; longer names cannot be used. UTF-16 units. */
const LONGEST_NAME = 4_096;

const NAMED: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * @param most limit in UTF-16 units; the rest is replaced by an ellipsis
 * @returns the text on one line, with escapes (`\n`, `\x1b`, `\u202e`, `\u{e0041}`) for invisible characters
 */
export function printable(text: string, most = LONGEST_NAME): string {
  // Do not cut a surrogate pair in half.
  const shown = text.length <= most ? text : `${text.slice(0, most).replace(/[\ud800-\udbff]$/, "")}…`;
  if (PLAIN.test(shown)) return shown;
  escaped ??= new RegExp(`[${UNSEEN}]|^\\p{M}|(?<=\\p{M}{3})\\p{M}`, "gu");
  return shown.replace(escaped, escapeOf);
}

/** @returns a character as an escape */
function escapeOf(character: string): string {
  const named = NAMED[character];
  if (named !== undefined) return named;
  const code = character.codePointAt(0) as number;
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\u{${hex}}`;
}

/**
 * The escape sequences that a text may contain, besides visible characters, line breaks and tabs.
 *
 * `text`     none: messages, help, JSON, CSV
 * `painted`  bold, dim and foreground colors: tables and findings
 * `rows`     all colors, links to web pages, and emoji joiners: rows of the status line
 * `screen`   also cursor movement: an editor, a progress line
 */
export type Markup = "text" | "painted" | "rows" | "screen";

const FOREGROUND = "3[0-79]|9[0-7]|38;5;\\d{1,3}|38;2;\\d{1,3};\\d{1,3};\\d{1,3}";
const PAINT = `\\x1b\\[(?:0|1|2|22|${FOREGROUND})m`;
const COLOR = "\\x1b\\[[\\d;]*m";
const LINK = "\\x1b\\]8;;(?:https?://[\\x21-\\x7e]*)?(?:\\x07|\\x1b\\\\)";
/** Move to a position; clear the line or below; show or hide the cursor; alternate screen; brackets around pasted text; start of the line. */
const CURSOR = "\\x1b\\[(?:[\\d;]*H|[KJ]|\\?(?:25|1049|2004)[hl])|\\r";

const HARMFUL = `(?![\\n\\t])[${UNSEEN}]`;
/** Joiners and variation selectors are part of our icons. */
const HARMFUL_IN_ROWS = `(?![\\n\\t\\u200d\\ufe0e\\ufe0f])[${UNSEEN}]`;

const ALTERNATIVES: Readonly<Record<Markup, string>> = {
  text: HARMFUL,
  painted: `${PAINT}|${HARMFUL}`,
  rows: `${COLOR}|${LINK}|${HARMFUL_IN_ROWS}`,
  screen: `${COLOR}|${LINK}|${CURSOR}|${HARMFUL_IN_ROWS}`,
};

/** Created on first use: `display` needs none of them. */
const patterns: { [Kind in Markup]?: RegExp } = {};

/**
 * The last step before output: only our own escape sequences get through to a terminal. `printable` already escaped
 * untrusted values; this catches those where it was forgotten.
 */
export function sanitize(text: string, markup: Markup): string {
  if (!/[^\x20-\x7e\n\t]/.test(text)) return text;
  patterns[markup] ??= new RegExp(ALTERNATIVES[markup], "gu");
  return text.replace(patterns[markup], (found) =>
    // Our own sequences have at least three characters; a carriage return is only allowed on a screen.
    found.length > 2 || (found === "\r" && markup === "screen") ? found : escapeOf(found),
  );
}
