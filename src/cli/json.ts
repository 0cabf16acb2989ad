/** JSON for pipes and terminals: the same value for every parser, and harmless when a person looks at it. */
import { UNSEEN } from "./characters.ts";

/** What JSON.stringify leaves as it is, although a terminal acts on it or does not show it. */
const LEFT = new RegExp(`(?!\\n)[${UNSEEN}]`, "gu");

/** @returns JSON text with `\uXXXX` for what cannot be seen. Line breaks are layout, and stay. */
export const escapeJson = (json: string): string =>
  /[^\x20-\x7e\n]/.test(json) ? json.replace(LEFT, inJson) : json;

/**
 * @param value an object, an array, a string, a number, true, false or null
 * @param indent blanks for each level; without it, all is on one line
 */
export const toJson = (value: unknown, indent?: number): string =>
  escapeJson(JSON.stringify(value, undefined, indent));

function inJson(character: string): string {
  let escaped = "";
  for (let index = 0; index < character.length; index++)
    escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;
  return escaped;
}
