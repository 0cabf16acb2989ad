/** How a JSON text is laid out, and values written in the same way. */
import { endOf, membersOf, type Node } from "./tree.ts";

export interface JsonLayout {
  /** One level's indentation: spaces or a tab. */
  readonly indent: string;
  readonly lineEnd: "\n" | "\r\n";
  readonly afterColon: string;
  /** After a comma between values on one line. */
  readonly afterComma: string;
  /** Inside the braces of an object on one line. */
  readonly padding: string;
  /** The whole text is on one line. */
  readonly oneLine: boolean;
}

/** The layout of a text; what it does not show is as Claude Code writes it: two spaces, "\n". */
export function layoutOf(text: string, root: Node): JsonLayout {
  const [first, second] = membersOf(root);
  const oneLine = first !== undefined && !text.slice(root.offset, endOf(root)).includes("\n");
  const colon = first && /:(\s*)$/.exec(text.slice(first.start, first.value.offset))?.[1];
  return {
    indent: (first && leading(text, first.start)) || "  ",
    lineEnd: text.includes("\r\n") ? "\r\n" : "\n",
    afterColon: colon ?? " ",
    afterComma: second && oneLine ? spaceBefore(text, second.start) : (colon ?? " "),
    padding: first && oneLine ? text.slice(root.offset + 1, first.start) : " ",
    oneLine,
  };
}

/** @returns the indentation of the line of `at`, "" when it is not alone before `at` */
function leading(text: string, at: number): string {
  const before = text.slice(text.lastIndexOf("\n", at - 1) + 1, at);
  return /^[ \t]*$/.test(before) && text.lastIndexOf("\n", at - 1) >= 0 ? before : "";
}

/** @returns the indentation of the line of `at` */
export const lineIndent = (text: string, at: number): string =>
  /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", at - 1) + 1, at))?.[0] ?? "";

const spaceBefore = (text: string, at: number): string => /\s*$/.exec(text.slice(0, at))?.[0] ?? "";

const LINE_WIDTH = 110;

/** An object that fits on a line. "compact": is on one, as people write it. "expanded": a line for each member. */
export type Objects = "compact" | "expanded";

/** @param indent of the line that the value begins on */
export function writeValue(value: unknown, indent: string, layout: JsonLayout, objects: Objects): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const list = Array.isArray(value);
  const inner = indent + layout.indent;
  const items = list
    ? value.map((item) => writeValue(item, inner, layout, objects))
    : Object.entries(value).map(
        ([key, item]) =>
          `${JSON.stringify(key)}:${layout.afterColon}${writeValue(item, inner, layout, objects)}`,
      );
  const [open, close] = list ? ["[", "]"] : ["{", "}"];
  if (items.length === 0) return open + close;
  const padding = list ? "" : layout.padding;
  const line = `${open}${padding}${items.join(`,${layout.afterComma}`)}${padding}${close}`;
  const fits =
    objects === "compact" &&
    line.length + indent.length <= LINE_WIDTH &&
    !line.includes("\n") &&
    !items.some((item) => item.startsWith("["));
  if (layout.oneLine || fits) return line;
  const end = layout.lineEnd;
  return `${open}${end}${items.map((item) => inner + item).join(`,${end}`)}${end}${indent}${close}`;
}
