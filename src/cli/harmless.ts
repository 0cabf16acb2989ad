/**
 * The last look at a text before it leaves: nothing but our own escape sequences gets through to a terminal.
 *
 * Values from outside were made visible by `printable` where they entered the text. This catches a value for which that
 * was forgotten.
 */
import { escapeOf, UNSEEN } from "./characters.ts";

/**
 * What a text may hold beside visible characters, line breaks and tabs.
 *
 * `text`     nothing: messages, help, JSON, CSV
 * `painted`  bold, dim and the colours of findings: tables
 * `rows`     every colour, links to web pages, and the joiners of emoji: rows of the status line
 * `screen`   that, and what moves the cursor: an editor, a progress line
 */
export type Markup = "text" | "painted" | "rows" | "screen";

const PAINT = "\\x1b\\[(?:0|1|2|22|31|32|33|39)m";
const COLOR = "\\x1b\\[[\\d;]*m";
const LINK = "\\x1b\\]8;;(?:https?://[\\x21-\\x7e]*)?(?:\\x07|\\x1b\\\\)";
/** To a place; clear the line, or what is below; show or hide the cursor; the other screen; to the line's beginning. */
const CURSOR = "\\x1b\\[(?:[\\d;]*H|[KJ]|\\?25[hl]|\\?1049[hl])|\\r";

const HARMFUL = `(?![\\n\\t])[${UNSEEN}]`;
/** Joiners and variation selectors are part of our own icons. */
const HARMFUL_IN_ROWS = `(?![\\n\\t\\u200d\\ufe0e\\ufe0f])[${UNSEEN}]`;

const ALTERNATIVES: Readonly<Record<Markup, string>> = {
  text: HARMFUL,
  painted: `${PAINT}|${HARMFUL}`,
  rows: `${COLOR}|${LINK}|${HARMFUL_IN_ROWS}`,
  screen: `${COLOR}|${LINK}|${CURSOR}|${HARMFUL_IN_ROWS}`,
};

/** Made when they are first needed: `display` needs none of them. */
const patterns: { [Kind in Markup]?: RegExp } = {};

/** @returns the text, with an escape in place of every character that the markup does not allow */
export function harmless(text: string, markup: Markup): string {
  if (!/[^\x20-\x7e\n\t]/.test(text)) return text;
  patterns[markup] ??= new RegExp(ALTERNATIVES[markup], "gu");
  return text.replace(patterns[markup], (found) =>
    // Our own sequences have three characters and more; a carriage return is one of them on a screen only.
    found.length > 2 || (found === "\r" && markup === "screen") ? found : escapeOf(found),
  );
}
