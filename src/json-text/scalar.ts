/** Texts, numbers and words of JSON: where one that begins at a place ends. */

const LITERAL = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const LOOSE_LITERAL = /[^\s,\]}/]+|\//y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
/** In pieces: one pattern for a whole text of a megabyte would exhaust the matcher's stack. */
const PLAIN = /[^"\\\x00-\x1f]*/y;

/** Where a scalar ends; or where it goes wrong, and how. */
export type ScalarEnd = { readonly end: number } | { readonly wrongAt: number; readonly why: string };

/** @param loose take what is no JSON as it comes: the text was accepted by a reader that is less strict */
export function scalarEnd(text: string, start: number, loose: boolean): ScalarEnd {
  const quote = text[start];
  if (loose && (quote === '"' || quote === "'")) return { end: looseStringEnd(text, start) };
  if (quote === '"') return stringEnd(text, start);
  const end = matchEnd(loose ? LOOSE_LITERAL : LITERAL, text, start);
  return end === undefined ? { wrongAt: start, why: "a value should stand here" } : { end };
}

function stringEnd(text: string, start: number): ScalarEnd {
  let at = start + 1;
  for (;;) {
    at = matchEnd(PLAIN, text, at) ?? at;
    if (text[at] === '"') return { end: at + 1 };
    if (text[at] !== "\\") return { wrongAt: at, why: "a control character in a text must be escaped" };
    const end = matchEnd(ESCAPE, text, at);
    if (end === undefined) return { wrongAt: at, why: "JSON does not know this escape" };
    at = end;
  }
}

function looseStringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== text[start]) at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function matchEnd(pattern: RegExp, text: string, start: number): number | undefined {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
