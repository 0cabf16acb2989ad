/**
 * How many cells a text takes, and cutting it to fewer.
 *
 * The measure is an upper bound over the terminals in use rather than one terminal's answer: where they disagree
 * (emoji sequences, flags, spacing vowel signs, conjoining Hangul) the larger one counts. Text is cleaned first
 * (clean.ts), so that nothing invisible or joining is left in it.
 */

/** What takes one cell a character everywhere. */
export const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** @returns the most cells that cleaned `text` takes in a common terminal */
export function cells(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += cellsOf(character);
  return width;
}

/** Ranges of code points whose width is not what `Bun.stringWidth` says of them alone, ascending; the last one wins. */
function cellsOf(character: string): number {
  const code = character.codePointAt(0) as number;
  if (code < 0x300) return 1;
  if (code >= 0x1f1e6 && code <= 0x1f1ff) return 2; // half a flag: wide where flags are not known
  const width = Bun.stringWidth(character);
  if (width === 0) return isOverstruck(code) ? 0 : 1;
  // Arrows, enclosed figures and signs of ambiguous width are drawn wide here and there. Frames and blocks are not.
  if (
    width === 1 &&
    ((code >= 0x2190 && code < 0x2500) || (code >= 0x2600 && code < 0x2c00) || code >= 0xfff0)
  )
    return Bun.stringWidth(character, { ambiguousIsNarrow: false });
  return width;
}

/** Marks that every terminal draws over the character before them. */
export const isOverstruck = (code: number): boolean =>
  (code >= 0x300 && code <= 0x36f) ||
  (code >= 0x483 && code <= 0x487) ||
  (code >= 0x591 && code <= 0x5c7) ||
  (code >= 0x610 && code <= 0x670) ||
  (code >= 0x1ab0 && code <= 0x1aff) ||
  (code >= 0x1dc0 && code <= 0x1dff) ||
  (code >= 0x20d0 && code <= 0x20dc) ||
  (code >= 0x3099 && code <= 0x309a) ||
  (code >= 0xfe20 && code <= 0xfe2f);

/** @returns the longest beginning of `text` that takes at most `limit` cells */
export function takeStart(text: string, limit: number): string {
  if (PRINTABLE_ASCII.test(text)) return text.slice(0, Math.max(0, limit));
  let width = 0;
  let end = 0;
  for (const character of text) {
    width += cellsOf(character);
    if (width > limit) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** @returns the longest end of `text` that takes at most `limit` cells and does not begin with an overstruck mark */
export function takeEnd(text: string, limit: number): string {
  if (limit <= 0) return "";
  if (PRINTABLE_ASCII.test(text)) return text.slice(-limit);
  const characters = Array.from(text);
  let width = 0;
  let start = characters.length;
  for (let index = characters.length - 1; index >= 0; index--) {
    const own = cellsOf(characters[index] as string);
    if (width + own > limit) break;
    width += own;
    if (own > 0) start = index;
  }
  return characters.slice(start).join("");
}

/** @returns `text` in at most `limit` cells: its end is cut, and `ellipsis` says so where there is room for it */
export function cutEnd(text: string, limit: number, ellipsis: string): string {
  if (cells(text) <= limit) return text;
  const room = limit - cells(ellipsis);
  return room > 0 ? takeStart(text, room) + ellipsis : takeStart(text, limit);
}

/** @returns `text` in at most `limit` cells: its middle is cut, and its end keeps the larger part */
export function cutMiddle(text: string, limit: number, ellipsis: string): string {
  if (cells(text) <= limit) return text;
  const room = limit - cells(ellipsis);
  if (room < 2) return cutEnd(text, limit, ellipsis);
  const start = takeStart(text, Math.floor(room * 0.4));
  return start + ellipsis + takeEnd(text, room - cells(start));
}
