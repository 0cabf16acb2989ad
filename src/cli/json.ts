/** JSON that is safe to print on a terminal, with the same value for every parser. */
import { UNSEEN } from "./characters.ts";

/** Characters that JSON.stringify does not escape, although a terminal interprets or hides them. */
const UNESCAPED = new RegExp(`(?!\\n)[${UNSEEN}]`, "gu");

/** @returns JSON text with `\uXXXX` for invisible characters, except line breaks */
export const escapeJson = (json: string): string =>
  /[^\x20-\x7e\n]/.test(json) ? json.replace(UNESCAPED, inJson) : json;

/**
 * @param value an object, an array, a string, a number, true, false or null
 * @param indent spaces per level; default: all on one line
 */
export const toJson = (value: unknown, indent?: number): string =>
  escapeJson(JSON.stringify(value, undefined, indent));

function inJson(character: string): string {
  let escaped = "";
  for (let index = 0; index < character.length; index++)
    escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;
  return escaped;
}
