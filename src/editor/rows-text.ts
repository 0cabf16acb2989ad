/** Changed rows in the configuration's text: rows and segments that stay keep their text and comments. */
import type { RowConfig } from "../config/config.ts";
import { removeMember, setText, setValue, textOf } from "../json-text/edit.ts";
import { setItems } from "../json-text/items.ts";
import { find, type Path, parseText } from "../json-text/tree.ts";
import { isSet, WITH_COMMENTS } from "./document.ts";

/**
 * @param text a valid configuration
 * @param saved the text in the file: rows that it lacks are removed again when they are the preset's
 * @param base the preset's rows
 * @returns the text with these rows
 * @throws JsonTextError
 */
export function withRows(
  text: string,
  saved: string,
  rows: readonly RowConfig[],
  base: readonly RowConfig[],
): string {
  const path = ["rows"];
  const written = rows.map(asWritten);
  if (!isSet(saved, path) && Bun.deepEquals(written, base.map(asWritten)))
    return removeMember(text, path, WITH_COMMENTS) ?? text;
  // Rows of the preset become the user's own.
  if (!isSet(text, path)) return setValue(text, path, written, WITH_COMMENTS) ?? text;
  return setItems(text, path, written, WITH_COMMENTS, withRow) ?? text;
}

/** A list if one is enough. */
const asWritten = ({ left, right = [] }: RowConfig): unknown => (right.length === 0 ? left : { left, right });

/** Change a row in place and keep its form: a list, or an object of lists. */
function withRow(text: string, path: Path, value: unknown): string | undefined {
  const { left, right } = (Array.isArray(value) ? { left: value, right: [] } : value) as Required<RowConfig>;
  const node = find(parseText(text, WITH_COMMENTS), path);
  if (node?.type === "array") {
    const list = setItems(text, path, left, WITH_COMMENTS);
    if (list === undefined || right.length === 0) return list;
    const both = `{ "left": ${textOf(list, path, WITH_COMMENTS)}, "right": ${JSON.stringify(right).replaceAll('","', '", "')} }`;
    return setText(list, path, both, WITH_COMMENTS);
  }
  if (node?.type !== "object") return undefined;
  const withLeft = withList(text, [...path, "left"], left);
  return right.length === 0
    ? (removeMember(withLeft, [...path, "right"], WITH_COMMENTS) ?? withLeft)
    : withList(withLeft, [...path, "right"], right);
}

const withList = (text: string, path: Path, names: readonly string[]): string =>
  setItems(text, path, names, WITH_COMMENTS) ?? setValue(text, path, names, WITH_COMMENTS) ?? text;
