/**
 * Changing one value of a JSON text and leaving everything else as it stands: comments, order, spacing, line endings.
 *
 * The text is scanned into nodes that know where they begin and end; an edit replaces, inserts or takes out characters
 * there.
 */
import { child, find, type Member, memberOf, type Node, type ObjectNode, type Path } from "./nodes.ts";
import { type ScanOptions, scan } from "./scan.ts";
import { lineIndent, type Style, styleOf } from "./style.ts";
import { type Objects, writeValue } from "./write.ts";

export interface EditOptions extends ScanOptions {
  /** How an object that is put in is laid out. Default: compact. */
  readonly objects?: Objects;
}

/**
 * Set a value in a JSON text.
 * @param text strict JSON, or with `comments` a text that `Bun.JSONC.parse` accepts; may be empty
 * @param path where; objects on the way that are missing are made, array items are not
 * @param value what `JSON.stringify` writes
 * @returns the changed text, or undefined when the path leads through something that is no object or array
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
  const root = scan(source, options);
  const style = styleOf(source, root);
  let node = root;
  for (const [index, step] of path.entries()) {
    const next = child(node, step);
    if (next) {
      node = next;
      continue;
    }
    const below = path.slice(index + 1);
    if (node.kind !== "object" || [step, ...below].some((each) => typeof each === "number")) return undefined;
    const missing = below.reduceRight<unknown>((inner, each) => ({ [each]: inner }), value);
    return insertMember(
      source,
      node,
      (indent) => {
        const written = writeValue(missing, indent, style, objects);
        return `${JSON.stringify(step)}:${style.afterColon}${written}`;
      },
      style,
    );
  }
  const written = writeValue(value, lineIndent(source, node.start), style, objects);
  return replaceNode(source, node, written);
}

/**
 * Put other characters in the place of a value.
 * @param written JSON text
 * @returns the changed text, or undefined when there is no such value
 */
export function setText(
  text: string,
  path: Path,
  written: string,
  options: ScanOptions = {},
): string | undefined {
  const node = find(scan(text, options), path);
  return node && replaceNode(text, node, written);
}

/** @returns the characters of a value as they stand in the text, or undefined when there is no such value */
export function textOf(text: string, path: Path, options: ScanOptions = {}): string | undefined {
  const node = find(scan(text, options), path);
  return node && text.slice(node.start, node.end);
}

/**
 * Take a member out of its object, with the comma that it needed. Taking out what `setValue` put in gives the text
 * before, but for an object that had nothing in it: that is `{}` then.
 * @returns the changed text, or undefined when there is no such member
 */
export function removeMember(text: string, path: Path, options: ScanOptions = {}): string | undefined {
  const object = find(scan(text, options), path.slice(0, -1));
  const member = object && memberOf(object, String(path.at(-1)));
  if (object?.kind !== "object" || !member) return undefined;
  const [start, end] = extent(object, member);
  return text.slice(0, start) + text.slice(end);
}

/** From where to where a member goes: up to the next one's key, or from the end of the value before it. */
function extent(object: ObjectNode, member: Member): [number, number] {
  const index = object.members.indexOf(member);
  const [before, next] = [object.members[index - 1], object.members[index + 1]];
  if (next) return [member.start, next.start];
  return before ? [before.value.end, member.value.end] : [object.start + 1, object.end - 1];
}

const replaceNode = (text: string, { start, end }: Node, written: string): string =>
  text.slice(0, start) + written + text.slice(end);

/** @param write the member's text, for the indentation of its line */
function insertMember(
  text: string,
  object: ObjectNode,
  write: (indent: string) => string,
  style: Style,
): string {
  const last = object.members.at(-1);
  const outer = lineIndent(text, object.start);
  if (!last) return fillEmpty(text, object, write, outer, style);
  const sharesLine = !text.slice(object.start, last.start).includes("\n");
  const inner = lineIndent(text, last.start);
  // Behind the last value, or behind the comma that is there already.
  const comma = /^(?:[\s\ufeff]|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*,/.exec(
    text.slice(last.value.end, object.end),
  )?.[0];
  const at = last.value.end + (comma?.length ?? 0);
  const [before, behind] = comma === undefined ? [",", ""] : ["", ","];
  if (sharesLine)
    return `${text.slice(0, at)}${before}${style.afterComma}${write(inner)}${behind}${text.slice(at)}`;
  // A comment behind the last member belongs to it: the new one starts on the line below.
  const lineEnd = commentEnd(text, at);
  return `${text.slice(0, at)}${before}${text.slice(at, lineEnd)}${style.lineEnd}${inner}${write(inner)}${behind}${text.slice(lineEnd)}`;
}

/** Nothing, or only comments, stand between the braces. */
function fillEmpty(
  text: string,
  object: ObjectNode,
  write: (indent: string) => string,
  outer: string,
  style: Style,
): string {
  const head = text.slice(0, object.end - 1).trimEnd();
  const tail = text.slice(object.end - 1);
  if (style.oneLine) return `${head}${style.padding}${write(outer)}${style.padding}${tail}`;
  const inner = outer + style.indent;
  return `${head}${style.lineEnd}${inner}${write(inner)}${style.lineEnd}${outer}${tail}`;
}

/** The end of a comment that stands on the same line, or `from` when there is none. */
function commentEnd(text: string, from: number): number {
  const line = /^[ \t]*(\/\/[^\r\n]*|\/\*[^\n]*?\*\/)/.exec(text.slice(from));
  return line ? from + line[0].length : from;
}
