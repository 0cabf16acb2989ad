/**
 * Changing one value of a JSON text with comments and leaving everything else as it stands: comments, order, spacing.
 *
 * The text is scanned into nodes that know where they begin and end; an edit replaces or inserts characters there.
 */

/** A value and its place in the text, from `start` up to but not including `end`. */
type Node = { readonly start: number; readonly end: number } & (
  | { readonly kind: "scalar" }
  | { readonly kind: "object"; readonly members: readonly { readonly key: string; readonly value: Node }[] }
  | { readonly kind: "array"; readonly items: readonly Node[] }
);

const LINE_WIDTH = 110;

export type Path = readonly (string | number)[];

/**
 * Set a value in a JSON text with comments.
 * @param text a text that `Bun.JSONC.parse` accepts; may be empty
 * @param path where; objects on the way that are missing are made, array items are not
 * @param value what `JSON.stringify` writes
 * @returns the changed text, or undefined when the path leads through something that is no object or array
 */
export function setValue(text: string, path: Path, value: unknown): string | undefined {
  const source = text.trim() === "" ? "{}\n" : text;
  let node = scan(source);
  for (let index = 0; index < path.length; index++) {
    const next = child(node, path[index] as string | number);
    if (next) {
      node = next;
      continue;
    }
    if (node.kind !== "object" || typeof path[index] === "number") return undefined;
    const missing = path.slice(index + 1).reduceRight<unknown>((inner, step) => ({ [step]: inner }), value);
    if (path.slice(index + 1).some((step) => typeof step === "number")) return undefined;
    return insertMember(source, node, path[index] as string, missing);
  }
  const written = write(value, lineIndent(source, node.start));
  return source.slice(0, node.start) + written + source.slice(node.end);
}

function child(node: Node, step: string | number): Node | undefined {
  if (typeof step === "number") return node.kind === "array" ? node.items[step] : undefined;
  // Of a key that stands there twice, the last one holds.
  return node.kind === "object" ? node.members.findLast(({ key }) => key === step)?.value : undefined;
}

function insertMember(text: string, node: Node & { kind: "object" }, key: string, value: unknown): string {
  const last = node.members.at(-1);
  const outer = lineIndent(text, node.start);
  const inner = last ? lineIndent(text, last.value.start) : `${outer}  `;
  const member = `${JSON.stringify(key)}: ${write(value, inner)}`;
  // Nothing or only comments stand between the braces.
  if (!last)
    return `${text.slice(0, node.end - 1).trimEnd()}\n${inner}${member}\n${outer}${text.slice(node.end - 1)}`;
  const after = skip(text, last.value.end);
  const comma = text[after] === "," ? "" : ",";
  const at = comma === "" ? after + 1 : last.value.end;
  // A comment behind the last member belongs to it: the new one starts on the line below.
  const lineEnd = commentEnd(text, at);
  const trailing = comma === "" ? "," : "";
  return `${text.slice(0, at)}${comma}${text.slice(at, lineEnd)}\n${inner}${member}${trailing}${text.slice(lineEnd)}`;
}

/** What fits on a line is one; what does not has each item on its own. */
function write(value: unknown, indent: string): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const items = Array.isArray(value)
    ? value.map((item) => write(item, `${indent}  `))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${write(item, `${indent}  `)}`);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  if (items.length === 0) return open + close;
  const space = open === "{" ? " " : "";
  const line = `${open}${space}${items.join(", ")}${space}${close}`;
  if (
    line.length + indent.length <= LINE_WIDTH &&
    !line.includes("\n") &&
    !items.some((item) => item.startsWith("["))
  )
    return line;
  return `${open}\n${items.map((item) => `${indent}  ${item}`).join(",\n")}\n${indent}${close}`;
}

/** The end of a comment that stands on the same line, or `from` when there is none. */
function commentEnd(text: string, from: number): number {
  const line = text.slice(from).match(/^[ \t]*(\/\/[^\n]*|\/\*[^\n]*?\*\/)/);
  return line ? from + line[0].length : from;
}

function lineIndent(text: string, at: number): string {
  const line = text.slice(text.lastIndexOf("\n", at - 1) + 1, at);
  return line.match(/^[ \t]*/)?.[0] ?? "";
}

/** Scan a whole text. It is one that parses: errors need no care here. */
function scan(text: string): Node {
  let at = 0;
  const value = (): Node => {
    at = skip(text, at);
    const start = at;
    if (text[at] === "{") {
      at += 1;
      const members: { key: string; value: Node }[] = [];
      for (at = skip(text, at); at < text.length && text[at] !== "}"; at = skip(text, at)) {
        const keyStart = at;
        at = stringEnd(text, at);
        const key = JSON.parse(text.slice(keyStart, at)) as string;
        at = skip(text, at) + 1;
        members.push({ key, value: value() });
        at = skip(text, at);
        if (text[at] === ",") at += 1;
      }
      at += 1;
      return { kind: "object", members, start, end: at };
    }
    if (text[at] === "[") {
      at += 1;
      const items: Node[] = [];
      for (at = skip(text, at); at < text.length && text[at] !== "]"; at = skip(text, at)) {
        items.push(value());
        at = skip(text, at);
        if (text[at] === ",") at += 1;
      }
      at += 1;
      return { kind: "array", items, start, end: at };
    }
    if (text[at] === '"') at = stringEnd(text, at);
    else while (at < text.length && !/[\s,\]}/]/.test(text[at] as string)) at += 1;
    if (at === start) at += 1;
    return { kind: "scalar", start, end: at };
  };
  return value();
}

/** The index after space and comments. */
function skip(text: string, from: number): number {
  let at = from;
  for (;;) {
    while (at < text.length && /\s|\ufeff/.test(text[at] as string)) at += 1;
    if (text.startsWith("//", at)) {
      const end = text.indexOf("\n", at);
      at = end < 0 ? text.length : end;
    } else if (text.startsWith("/*", at)) {
      const end = text.indexOf("*/", at + 2);
      at = end < 0 ? text.length : end + 2;
    } else return at;
  }
}

function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

/**
 * Parse a path like `segments.context.levels`, `rows[0].left[1]` or `prices["a.b"].input`.
 * @returns undefined when it is not one
 */
export function parsePath(text: string): (string | number)[] | undefined {
  const steps: (string | number)[] = [];
  const step = /\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|\.?([A-Za-z_$][\w$:-]*)/y;
  while (step.lastIndex < text.length) {
    const found = step.exec(text);
    if (!found) return undefined;
    const [, index, quoted, name] = found;
    steps.push(
      index !== undefined ? Number(index) : quoted !== undefined ? JSON.parse(quoted) : (name as string),
    );
  }
  return steps.length > 0 ? steps : undefined;
}
