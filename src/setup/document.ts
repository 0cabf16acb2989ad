/** A settings file's bytes → text that can be edited safely. Strict, as Claude Code reads it. */
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
import type { SettingsTarget } from "./target.ts";

/** The settings we write, in order. */
export const KEYS = Object.keys(LINE_WORDS) as LineKey[];

/**
 * @returns the text; "" for a missing file
 * @throws SetupError with line and column, for a file that Claude Code would skip, or read differently than we do
 */
export function textOfTarget({ path, found }: SettingsTarget): string {
  if (!found) return "";
  const decoded = decodeStrict(found.bytes);
  if ("invalidAt" in decoded) {
    const before = new TextDecoder("utf-8", { ignoreBOM: true }).decode(
      found.bytes.subarray(0, decoded.invalidAt),
    );
    throw refuse(path, before, before.length, "invalid UTF-8");
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
    "Claude Code accepts strict JSON only: fix the file and retry",
  );
}

/** @returns the value of one of our settings in checked text; undefined when missing */
export function settingOf(text: string, key: LineKey): unknown {
  const json = settingText(text, key);
  return json === undefined ? undefined : JSON.parse(json);
}

/** @returns the value's characters as written */
export const settingText = (text: string, key: LineKey): string | undefined =>
  isBlank(text) ? undefined : textOf(text, [key]);

/** Claude Code reads a blank file as an empty object. */
const isBlank = (text: string): boolean => text.replace(/^\ufeff/, "").trim() === "";
