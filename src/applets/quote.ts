import { localeIsUtf8 } from "../os/ffi/process.ts";

const NAMED: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
};

/** Quote as GNU messages do: ‘text’ in a UTF-8 locale, 'text' elsewhere; what does not print is written in C's way. */
export function quote(text: string): string {
  const utf8 = localeIsUtf8();
  const [open, close] = utf8 ? ["‘", "’"] : ["'", "'"];
  const controlled = text.replace(/[\x00-\x1f\x7f\\]/g, (char) => NAMED[char] ?? octal(char.charCodeAt(0)));
  const escaped = controlled.replaceAll(close, `\\${close}`);
  return open + (utf8 ? escaped : escaped.replace(/[^\x00-\x7f]+/g, inOctal)) + close;
}

const octal = (byte: number): string => `\\${byte.toString(8).padStart(3, "0")}`;

const inOctal = (text: string): string => [...new TextEncoder().encode(text)].map(octal).join("");
