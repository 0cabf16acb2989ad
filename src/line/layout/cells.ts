/**
 * Measuring text in cells, and cutting it.
 *
 * The measure is an upper bound over the terminals in use: where they disagree (emoji sequences, flags, spacing vowel
 * signs, conjoining Hangul), the larger width counts. `Bun.sliceAnsi` has the widths of one terminal. Text is cleaned
 * first (clean.ts): nothing invisible or joining is left in it.
 */

/** Nearly all text is: it needs no measuring and no cleaning. */
export function isPrintableAscii(text: string): boolean {
  // A loop: the first use of a regular expression takes longer than checking a whole line.
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
}

/** @returns the cells of cleaned `text` */
export function cells(text: string): number {
  if (isPrintableAscii(text)) return text.length;
  let width = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.codePointAt(index) as number;
    if (code > 0xffff) index += 1;
    width += cellsOf(code);
  }
  return width;
}

function cellsOf(code: number): number {
  if (code < 0x300) return 1;
  if (code >= 0x2500 && code < 0x25fd) return 1; // frames, blocks and shapes: what bars are made of
  if (code >= 0x1f1e6 && code <= 0x1f1ff) return 2; // half a flag: wide where flags are not supported
  if (isOwnSign(code)) return 1;
  const character = String.fromCodePoint(code);
  const width = Bun.stringWidth(character);
  if (width === 0) return isOverstruck(code) ? 0 : 1;
  // Some terminals draw arrows, enclosed figures and signs of ambiguous width wide.
  if (width === 1 && ((code >= 0x2190 && code < 0x2c00) || code >= 0xfff0))
    return Bun.stringWidth(character, { ambiguousIsNarrow: false });
  return width;
}

/** Ambiguous signs of our own: `↑ → ↓ ≠ ≡ ≥`. They are used where such signs take one cell (look/icons.ts). */
const isOwnSign = (code: number): boolean =>
  (code >= 0x2191 && code <= 0x2193) || code === 0x2260 || code === 0x2261 || code === 0x2265;

/** Marks that every terminal draws over the preceding character. */
export const isOverstruck = (code: number): boolean =>
  (code >= 0x300 && code <= 0x36f) ||
  (code >= 0x483 && code <= 0x487) ||
  (code >= 0x591 && code <= 0x5c7 && code !== 0x5be && code !== 0x5c0 && code !== 0x5c3 && code !== 0x5c6) ||
  (code >= 0x610 && code <= 0x61a) ||
  (code >= 0x64b && code <= 0x65f) ||
  code === 0x670 ||
  (code >= 0x1ab0 && code <= 0x1aff) ||
  (code >= 0x1dc0 && code <= 0x1dff) ||
  (code >= 0x20d0 && code <= 0x20dc) ||
  (code >= 0x3099 && code <= 0x309a) ||
  (code >= 0xfe20 && code <= 0xfe2f);

/** @returns the longest start of `text` in at most `limit` cells */
export function takeStart(text: string, limit: number): string {
  let width = 0;
  let end = 0;
  while (end < text.length) {
    const code = text.codePointAt(end) as number;
    width += cellsOf(code);
    if (width > limit) break;
    end += code > 0xffff ? 2 : 1;
  }
  return text.slice(0, end);
}

/** @returns the longest end of `text` in at most `limit` cells that does not start with an overstruck mark */
export function takeEnd(text: string, limit: number): string {
  let width = 0;
  let start = text.length;
  for (let index = text.length - 1; index >= 0; index--) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xdc00 && unit <= 0xdfff && index > 0) index -= 1;
    const own = cellsOf(text.codePointAt(index) as number);
    width += own;
    if (width > limit) break;
    if (own > 0) start = index;
  }
  return text.slice(start);
}

/** @returns `text` in at most `limit` cells, its end replaced by `ellipsis` where that fits */
export function cutEnd(text: string, limit: number, ellipsis: string): string {
  if (cells(text) <= limit) return text;
  const room = limit - cells(ellipsis);
  return room > 0 ? takeStart(text, room) + ellipsis : takeStart(text, limit);
}

/** @returns `text` in at most `limit` cells, its end cut, without a space before `ellipsis` */
export function cutProse(text: string, limit: number, ellipsis: string): string {
  if (cells(text) <= limit) return text;
  const room = limit - cells(ellipsis);
  return room > 0 ? takeStart(text, room).trimEnd() + ellipsis : takeStart(text, limit);
}

/** @returns `text` in at most `limit` cells, its middle cut; more is kept of its end */
export function cutMiddle(text: string, limit: number, ellipsis: string): string {
  if (cells(text) <= limit) return text;
  const room = limit - cells(ellipsis);
  if (room < 2) return cutEnd(text, limit, ellipsis);
  const start = takeStart(text, Math.floor(room * 0.4));
  return start + ellipsis + takeEnd(text, room - cells(start));
}
