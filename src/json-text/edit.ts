/** Changing one value of a JSON text and nothing else: comments, order, spacing and line endings stay. */
import { COMMA, commentEnd } from "./commas.ts";
import { type JsonLayout, layoutOf, lineIndent, type Objects, writeValue } from "./layout.ts";
import {
  child,
  endOf,
  find,
  type Member,
  memberOf,
  membersOf,
  type Node,
  type ParseOptions,
  type Path,
  parseText,
} from "./tree.ts";

export interface EditOptions extends ParseOptions {
  /** How an inserted object is laid out. Default: compact. */
  readonly objects?: Objects;
}

/**
 * Set a value in a JSON text.
 * @param text may be empty
 * @param path where; missing objects on the way are made, array items are not
 * @param value what `JSON.stringify` writes
 * @returns the changed text, or undefined when the path leads through a single value
 * @throws JsonTextError
 */
export function setValue(
  text: string,
  path: Path,
  value: unknown,
  options: EditOptions = {},
): string | undefined {
  const source = text.trim() === "" ? `${text.startsWith("\ufeff") ? "\ufeff" : ""}{}\n` : text;
  const { objects = "compact" } = options;
  const root = parseText(source, options);
  const layout = layoutOf(source, root);
  let node = root;
  for (const [index, step] of path.entries()) {
    const next = child(node, step);
    if (next) {
      node = next;
      continue;
    }
    const below = path.slice(index + 1);
    if (node.type !== "object" || [step, ...below].some((each) => typeof each === "number")) return undefined;
    const missing = below.reduceRight<unknown>((inner, each) => ({ [each]: inner }), value);
    return insertMember(
      source,
      node,
      (indent) => {
        const written = writeValue(missing, indent, layout, objects);
        return `${JSON.stringify(step)}:${layout.afterColon}${written}`;
      },
      layout,
    );
  }
  const written = writeValue(value, lineIndent(source, node.offset), layout, objects);
  return replaceNode(source, node, written);
}

/**
 * Replace the text of a value.
 * @param written JSON text
 * @returns the changed text, or undefined for a missing value
 * @throws JsonTextError
 */
export function setText(
  text: string,
  path: Path,
  written: string,
  options: ParseOptions = {},
): string | undefined {
  const node = find(parseText(text, options), path);
  return node && replaceNode(text, node, written);
}

/** @returns the text of a value, or undefined for a missing value. Throws JsonTextError. */
export function textOf(text: string, path: Path, options: ParseOptions = {}): string | undefined {
  const node = find(parseText(text, options), path);
  return node && text.slice(node.offset, endOf(node));
}

/**
 * Remove a member from its object, with its comma. Removing what `setValue` inserted restores the text, but for an
 * object that was empty: that is `{}` then. Where comments are allowed, those around the member are kept.
 * @returns the changed text, or undefined for a missing member
 * @throws JsonTextError
 */
export function removeMember(text: string, path: Path, options: ParseOptions = {}): string | undefined {
  const object = find(parseText(text, options), path.slice(0, -1));
  const member = object && memberOf(object, String(path.at(-1)));
  if (!object || !member) return undefined;
  if (options.comments) return removeAlone(text, object, member);
  const [start, end] = extent(object, member);
  return text.slice(0, start) + text.slice(end);
}

/** What goes with a member: up to the next one's key, or from the end of the value before it. */
function extent(object: Node, { start, value }: Member): [number, number] {
  const { before, next } = neighbours(object, start);
  if (next) return [start, next.start];
  return before ? [endOf(before.value), endOf(value)] : [object.offset + 1, endOf(object) - 1];
}

function neighbours(object: Node, start: number): { before: Member | undefined; next: Member | undefined } {
  const members = membersOf(object);
  const index = members.findIndex((each) => each.start === start);
  return { before: members[index - 1], next: members[index + 1] };
}

/** Remove a member, its comma, and its line if that is empty then. */
function removeAlone(text: string, object: Node, { start, value }: Member): string {
  const { before } = neighbours(object, start);
  let head = text.slice(0, start);
  let tail = text.slice(endOf(value));
  const comma = COMMA.exec(text.slice(endOf(value), endOf(object)))?.[0].length;
  if (comma !== undefined) tail = tail.slice(0, comma - 1) + tail.slice(comma);
  else if (before) {
    // The last one: the comma before it goes.
    const at =
      endOf(before.value) + (COMMA.exec(text.slice(endOf(before.value), start))?.[0].length ?? 0) - 1;
    head = head.slice(0, at) + head.slice(at + 1);
  }
  tail = tail.replace(/^[ \t]+/, "");
  const line = /^\r?\n/.exec(tail)?.[0];
  const isAlone = /(^|\n)[ \t]*$/.test(head);
  return line !== undefined && isAlone ? head.replace(/[ \t]+$/, "") + tail.slice(line.length) : head + tail;
}

const replaceNode = (text: string, node: Node, written: string): string =>
  text.slice(0, node.offset) + written + text.slice(endOf(node));

/** @param write the member's text, for the indentation of its line */
function insertMember(
  text: string,
  object: Node,
  write: (indent: string) => string,
  layout: JsonLayout,
): string {
  const last = membersOf(object).at(-1);
  const outer = lineIndent(text, object.offset);
  if (!last) return fillEmpty(text, object, write, outer, layout);
  const sharesLine = !text.slice(object.offset, last.start).includes("\n");
  const inner = lineIndent(text, last.start);
  // After the last value, or after the comma that is already there.
  const comma = COMMA.exec(text.slice(endOf(last.value), endOf(object)))?.[0];
  const at = endOf(last.value) + (comma?.length ?? 0);
  const [before, behind] = comma === undefined ? [",", ""] : ["", ","];
  if (sharesLine)
    return `${text.slice(0, at)}${before}${layout.afterComma}${write(inner)}${behind}${text.slice(at)}`;
  // A comment after the last member belongs to it: the new one starts on the next line.
  const lineEnd = commentEnd(text, at);
  return `${text.slice(0, at)}${before}${text.slice(at, lineEnd)}${layout.lineEnd}${inner}${write(inner)}${behind}${text.slice(lineEnd)}`;
}

/** An object with nothing, or only comments, in it. */
function fillEmpty(
  text: string,
  object: Node,
  write: (indent: string) => string,
  outer: string,
  layout: JsonLayout,
): string {
  const head = text.slice(0, endOf(object) - 1).trimEnd();
  const tail = text.slice(endOf(object) - 1);
  if (layout.oneLine) return `${head}${layout.padding}${write(outer)}${layout.padding}${tail}`;
  const inner = outer + layout.indent;
  return `${head}${layout.lineEnd}${inner}${write(inner)}${layout.lineEnd}${outer}${tail}`;
}
