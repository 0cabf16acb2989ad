/**
 * Making untrusted text (branch names, paths, titles, messages, command output) safe for a terminal.
 *
 * Removed: escape sequences with their payload, control characters (C0, DEL, C1), bidirectional overrides and isolates,
 * invisible format characters, variation selectors, tags, lone surrogates, noncharacters, and all but a few combining
 * marks of a character. Unusual separators of lines or words become one space.
 */
import { isOverstruck, isPrintableAscii } from "./cells.ts";

/** More marks on one character are not used by any language, and draw over neighbouring rows. */
const MAX_MARKS = 3;
/** Longer than a row of any terminal. Bounds the work for hostile text. */
const MAX_LENGTH = 2_000;

/** @returns `text` without anything that a terminal would act on */
export function clean(text: string): string {
  if (text.length > MAX_LENGTH) text = text.slice(0, MAX_LENGTH);
  if (isPrintableAscii(text)) return text;
  let result = "";
  let marks = 0;
  for (let index = 0; index < text.length; ) {
    const code = text.codePointAt(index) as number;
    if (code === 0x1b || (code >= 0x80 && code <= 0x9f)) {
      index = afterSequence(text, index, code);
      continue;
    }
    const length = code > 0xffff ? 2 : 1;
    if (isSpace(code)) {
      if (!result.endsWith(" ")) result += " ";
      marks = 0;
    } else if (!isInvisible(code)) {
      marks = isOverstruck(code) ? marks + 1 : 0;
      // A leading mark would be drawn over the text before.
      if (marks === 0 || (marks <= MAX_MARKS && result !== "")) result += text.slice(index, index + length);
    }
    index += length;
  }
  return result;
}

/** @returns `text` cleaned, on one line, trimmed, without repeated spaces */
export function tidy(text: string): string {
  const line = clean(text).trim();
  return line.includes("  ") ? line.replace(/ {2,}/g, " ") : line;
}

/** The index after the ECMA-48 escape sequence or control character at `index`; an unterminated string takes the rest. */
function afterSequence(text: string, index: number, code: number): number {
  let kind = code;
  let next = index + 1;
  if (code === 0x1b) {
    const following = text.charCodeAt(next);
    if (following >= 0x40 && following <= 0x5f) {
      kind = following + 0x40;
      next += 1;
    } else {
      while (isIn(text, next, 0x20, 0x2f)) next += 1;
      return isIn(text, next, 0x30, 0x7e) ? next + 1 : next;
    }
  }
  if (kind === 0x9b) {
    while (isIn(text, next, 0x20, 0x3f)) next += 1;
    return isIn(text, next, 0x40, 0x7e) ? next + 1 : next;
  }
  // DCS, SOS, OSC, PM and APC carry a string, up to ST or, as xterm allows, BEL.
  if (kind === 0x90 || kind === 0x98 || (kind >= 0x9d && kind <= 0x9f)) {
    for (; next < text.length; next++) {
      const each = text.charCodeAt(next);
      if (each === 0x07 || each === 0x9c) return next + 1;
      if (each === 0x1b) return text.charCodeAt(next + 1) === 0x5c ? next + 2 : next;
    }
  }
  return next;
}

function isIn(text: string, index: number, from: number, to: number): boolean {
  const code = text.charCodeAt(index);
  return code >= from && code <= to;
}

const isSpace = (code: number): boolean =>
  (code >= 0x09 && code <= 0x0d) ||
  code === 0x20 ||
  code === 0xa0 ||
  code === 0x1680 ||
  (code >= 0x2000 && code <= 0x200a) ||
  code === 0x2028 ||
  code === 0x2029 ||
  code === 0x202f ||
  code === 0x205f ||
  code === 0x3000;

/** Characters without a glyph, and those that change how others are drawn or ordered. */
function isInvisible(code: number): boolean {
  if (code < 0x20 || code === 0x7f || code === 0xad) return true;
  if (code < 0x300) return false;
  if (code > 0xffff)
    return (
      (code & 0xfffe) === 0xfffe ||
      (code >= 0xe0000 && code <= 0xe0fff) ||
      (code >= 0x1bca0 && code <= 0x1bca3) ||
      (code >= 0x1d173 && code <= 0x1d17a) ||
      (code >= 0x13430 && code <= 0x1345f) ||
      code === 0x110bd ||
      code === 0x110cd
    );
  return (
    code === 0x34f ||
    (code >= 0x600 && code <= 0x605) ||
    code === 0x61c ||
    code === 0x6dd ||
    code === 0x70f ||
    code === 0x890 ||
    code === 0x891 ||
    code === 0x8e2 ||
    code === 0x115f ||
    code === 0x1160 ||
    code === 0x17b4 ||
    code === 0x17b5 ||
    (code >= 0x180b && code <= 0x180f) ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) ||
    (code >= 0x20dd && code <= 0x20e4) ||
    code === 0x3164 ||
    (code >= 0xd800 && code <= 0xdfff) ||
    (code >= 0xfdd0 && code <= 0xfdef) ||
    (code >= 0xfe00 && code <= 0xfe0f) ||
    code === 0xfeff ||
    code === 0xffa0 ||
    (code >= 0xfff0 && code <= 0xfffb) ||
    code >= 0xfffe
  );
}

const MAX_URL = 2_000;

/** @returns a web address that is safe inside OSC 8, or undefined when `url` is not one */
export function cleanUrl(url: string): string | undefined {
  if (url.length > MAX_URL || !URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  if (parsed.protocol !== "https:" && parsed.protocol !== "http:") return undefined;
  // A user name can make a link look like one to another host.
  if (parsed.username !== "" || parsed.password !== "") return undefined;
  return /^[\x21-\x7e]+$/.test(parsed.href) ? parsed.href : encodeURI(parsed.href);
}
