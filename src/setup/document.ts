/** A settings file's bytes → text that may be edited, or why not. Strict, as Claude Code reads it. */
import { LINE_WORDS, type LineKey } from "../claude/line-command.ts";
import { textOf } from "../json-text/edit.ts";
import {
  find,
  JsonTextError,
  memberOf,
  membersOf,
  type Node,
  parseText,
  positionAt,
} from "../json-text/tree.ts";
import { decodeStrict } from "../os/io/utf8.ts";
import { SetupError } from "./errors.ts";
import type { Target } from "./target.ts";

/** The settings that are ours to set, in the order in which they are set. */
export const KEYS = Object.keys(LINE_WORDS) as LineKey[];

/**
 * @returns the text; "" for a file that is not there
 * @throws SetupError naming line and column, for a file that Claude Code would pass over, or read otherwise than we do
 */
export function textOfTarget({ path, found }: Target): string {
  if (!found) return "";
  const decoded = decodeStrict(found.bytes);
  if ("invalidAt" in decoded) {
    const before = new TextDecoder("utf-8", { ignoreBOM: true }).decode(
      found.bytes.subarray(0, decoded.invalidAt),
    );
    throw refuse(path, before, before.length, "this byte is not UTF-8");
  }
  const { text } = decoded;
  if (isBlank(text)) return text;
  try {
    const root = parseText(text);
    if (root.type !== "object") throw new JsonTextError(root.offset, "expected an object");
    for (const key of KEYS) refuseDuplicates(find(root, [key]));
  } catch (error) {
    if (error instanceof JsonTextError) throw refuse(path, text, error.at, error.message);
    throw error;
  }
  return text;
}

/** @throws JsonTextError for a key that an object has twice: which one counts depends on the reader */
function refuseDuplicates(object: Node | undefined): void {
  if (object) for (const { key } of membersOf(object)) memberOf(object, key);
}

function refuse(path: string, text: string, at: number, what: string): SetupError {
  const { line, column } = positionAt(text, at);
  return new SetupError(
    "refused",
    `${path}, line ${line}, column ${column}: ${what}`,
    "Claude Code takes strict JSON only: mend the file, and start this again; nothing was changed",
  );
}

/** @returns the value of one of our settings in a text that was checked; undefined when it is not there */
export function settingOf(text: string, key: LineKey): unknown {
  const written = settingText(text, key);
  return written === undefined ? undefined : JSON.parse(written);
}

/** @returns its characters as they stand in the text */
export const settingText = (text: string, key: LineKey): string | undefined =>
  isBlank(text) ? undefined : textOf(text, [key]);

/** Claude Code takes a file without anything in it for an empty object. */
const isBlank = (text: string): boolean => text.replace(/^\ufeff/, "").trim() === "";
