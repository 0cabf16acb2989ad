/**
 * Finds the end of the first JSON value of a byte stream while the stream is still open.
 *
 * Objects and arrays only, as Claude Code sends. Nesting is bounded: deep input would overflow a recursive parser.
 */

const MAX_DEPTH = 256;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** `complete`: the value ends before byte `end`. `invalid`: more bytes cannot complete it. */
export type FirstJson =
  | { readonly state: "incomplete" }
  | { readonly state: "complete"; readonly start: number; readonly end: number }
  | { readonly state: "invalid"; readonly reason: string };

/** @returns a scanner to call with all bytes read so far; it looks at each byte once */
export function firstJsonScanner(): (bytes: Uint8Array) => FirstJson {
  let position = 0;
  let start = -1;
  let depth = 0;
  let inString = false;
  let escaped = false;
  return (bytes) => {
    for (; position < bytes.length; position++) {
      const byte = bytes[position] as number;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inString = false;
      } else if (start < 0) {
        if (isBlank(byte) || byte === BYTE_ORDER_MARK[position]) continue;
        if (byte !== OPEN_BRACE && byte !== OPEN_BRACKET) return invalid("stdin is not a JSON object");
        start = position;
        depth = 1;
      } else if (byte === QUOTE) inString = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (++depth > MAX_DEPTH) return invalid("the JSON on stdin is nested too deep");
      } else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) {
        return { state: "complete", start, end: position + 1 };
      }
    }
    return { state: "incomplete" };
  };
}

/** JSON's white space. */
export const isBlank = (byte: number) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

const invalid = (reason: string): FirstJson => ({ state: "invalid", reason });
