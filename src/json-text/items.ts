/** Changing the items of a list in a JSON text: those that stay keep their text, comments and place. */
import { commaBehind, commentEnd, withoutLast } from "./commas.ts";
import { type JsonLayout, layoutOf, lineIndent, writeValue } from "./layout.ts";
import { endOf, find, type Node, type ParseOptions, type Path, parseText } from "./tree.ts";

/** An item that stays, with its new text; undefined keeps the text. */
export type ChangeItem = (text: string, path: Path, value: unknown) => string | undefined;

/**
 * Make a list have these values. Items that are equal at its start and end stay as they are; those between them are
 * replaced one by one, and the rest is inserted or removed.
 * @param path of the list
 * @param changeItem changes one item within the text; default: it is replaced
 * @returns the changed text, or undefined when the value at the path is not a list
 * @throws JsonTextError
 */
export function setItems(
  text: string,
  path: Path,
  values: readonly unknown[],
  options: ParseOptions = {},
  changeItem: ChangeItem = () => undefined,
): string | undefined {
  const root = parseText(text, options);
  const list = find(root, path);
  if (list?.type !== "array") return undefined;
  const old = (list.children ?? []).map(plainValue);
  const layout = layoutOf(text, root);
  const head = commonStart(old, values);
  const tail = commonStart(old.slice(head).reverse(), values.slice(head).reverse());
  const replaced = Math.min(old.length, values.length) - head - tail;
  // From the end, where nothing before it moves.
  let changed = text;
  const now = () => find(parseText(changed, options), path) as Node;
  for (let index = old.length - tail - 1; index >= head + replaced; index--)
    changed = withoutItem(changed, now(), index);
  for (let index = head + replaced; index < values.length - tail; index++)
    changed = withItem(changed, now(), index, values[index], layout);
  for (let index = head; index < head + replaced; index++) {
    const own = changeItem(changed, [...path, index], values[index]);
    changed = own ?? replaceItem(changed, now(), index, values[index], layout);
  }
  return changed;
}

/** @returns a node's value */
function plainValue(node: Node): unknown {
  if (node.type === "array") return (node.children ?? []).map(plainValue);
  if (node.type !== "object") return node.value;
  return Object.fromEntries(
    (node.children ?? []).flatMap(({ children: [key, value] = [] }) =>
      key && value ? [[key.value as string, plainValue(value)]] : [],
    ),
  );
}

function commonStart(one: readonly unknown[], other: readonly unknown[]): number {
  let at = 0;
  while (at < one.length && at < other.length && Bun.deepEquals(one[at], other[at])) at += 1;
  return at;
}

function replaceItem(text: string, list: Node, index: number, value: unknown, layout: JsonLayout): string {
  const node = list.children?.[index] as Node;
  const written = writeValue(value, lineIndent(text, node.offset), layout, "compact");
  return text.slice(0, node.offset) + written + text.slice(endOf(node));
}

/** With its comma, and what is between it and the next item. */
function withoutItem(text: string, { children = [], offset, length }: Node, index: number): string {
  const node = children[index] as Node;
  const [before, next] = [children[index - 1], children[index + 1]];
  if (next) return text.slice(0, node.offset) + text.slice(next.offset);
  if (before) return withoutLast(text, before, node, offset + length);
  return text.slice(0, offset + 1) + text.slice(offset + length - 1);
}

function withItem(text: string, list: Node, index: number, value: unknown, layout: JsonLayout): string {
  const { children = [] } = list;
  const [next, last] = [children[index], children.at(-1)];
  const write = (at: number) => writeValue(value, lineIndent(text, at), layout, "compact");
  if (!last) {
    const inner = text.slice(list.offset + 1, endOf(list) - 1);
    const comments =
      inner.trim() === "" ? "" : `${inner.trimEnd()}${layout.lineEnd}${lineIndent(text, list.offset)}`;
    return `${text.slice(0, list.offset + 1)}${comments}${write(list.offset)}${text.slice(endOf(list) - 1)}`;
  }
  const neighbour = next ?? last;
  const lineStart = text.lastIndexOf("\n", neighbour.offset) + 1;
  const isAlone = lineStart > list.offset && text.slice(lineStart, neighbour.offset).trim() === "";
  const gap = isAlone
    ? `${layout.lineEnd}${text.slice(lineStart, neighbour.offset)}`
    : layout.afterComma || " ";
  const written = write(neighbour.offset);
  if (next) return `${text.slice(0, next.offset)}${written},${gap}${text.slice(next.offset)}`;
  const comma = commaBehind(text, last, endOf(list));
  const at = comma ?? endOf(last);
  const kept = isAlone ? commentEnd(text, at) : at;
  const [before, behind] = comma === undefined ? [",", ""] : ["", ","];
  return `${text.slice(0, at)}${before}${text.slice(at, kept)}${gap}${written}${behind}${text.slice(kept)}`;
}
