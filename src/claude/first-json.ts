/**
 * The first JSON value on stdin. Its end is found while the stream is still open: the client may never close it.
 *
 * Objects and arrays only, as Claude Code sends. Nesting is bounded: deep input would overflow a recursive parser.
 */
import { readStdin, type StopReason } from "../os/io/stdio.ts";
import { type Json, parseJson } from "./json.ts";

/** Real payloads have some kilobytes. */
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_DEPTH = 256;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
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
const isBlank = (byte: number) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

const invalid = (reason: string): FirstJson => ({ state: "invalid", reason });

/** What came on stdin. */
interface StdinJson {
  /** Undefined unless a complete, valid value was read; `error` is then the reason, in a few words. */
  readonly json: Json;
  readonly error?: string;
  /** The JSON text, or all that was read if `value` is undefined. */
  readonly bytes: Uint8Array;
}

/** Read the first JSON value from stdin, within `timeoutMs`. Never throws. */
export function readJsonFromStdin(timeoutMs: number): StdinJson {
  let json: Json;
  let scan: ReturnType<typeof firstJsonScanner> | undefined;
  let found = { state: "incomplete" } as FirstJson;
  const isEnough = (read: Uint8Array) => {
    // Nearly always the whole value comes at once. Only otherwise is it scanned byte by byte.
    if (scan === undefined && endsObject(read)) json = parse(read);
    if (json !== undefined) return true;
    scan ??= firstJsonScanner();
    found = scan(read);
    return found.state !== "incomplete";
  };
  const { bytes, reason } = readStdin({ isEnough, timeoutMs, maxBytes: MAX_BYTES });
  if (json !== undefined) return { json, bytes };
  if (found.state !== "complete")
    return { json, bytes, error: explain(found, reason, bytes.length, timeoutMs) };
  const value = bytes.subarray(found.start, found.end);
  json = parse(value);
  return json === undefined ? { json, bytes, error: "stdin is not valid JSON" } : { json, bytes: value };
}

/** Whether the last byte that is not whitespace closes an object. */
function endsObject(bytes: Uint8Array): boolean {
  let last = bytes.length - 1;
  while (last > 0 && isBlank(bytes[last] as number)) last -= 1;
  return bytes[last] === CLOSE_BRACE;
}

const parse = (bytes: Uint8Array): Json => parseJson(new TextDecoder().decode(bytes));

function explain(found: FirstJson, stopped: StopReason, length: number, timeoutMs: number): string {
  if (found.state === "invalid") return found.reason;
  if (stopped === "too-large") return `the payload is larger than ${MAX_BYTES / 1024 / 1024} MiB`;
  if (stopped === "unreadable") return "stdin cannot be read";
  if (length === 0) return stopped === "timeout" ? `no payload within ${timeoutMs} ms` : "stdin is empty";
  return stopped === "timeout"
    ? `the payload was not complete within ${timeoutMs} ms`
    : "the payload was cut short";
}
