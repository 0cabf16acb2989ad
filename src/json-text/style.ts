/** How a JSON text is laid out, so that what is put into it looks as if it had stood there. */
import type { Node } from "./nodes.ts";

export interface Style {
  /** One level's indentation: spaces or a tab. */
  readonly indent: string;
  readonly lineEnd: "\n" | "\r\n";
  /** What stands behind a colon. */
  readonly afterColon: string;
  /** What stands behind a comma where several values share a line. */
  readonly afterComma: string;
  /** What stands inside the braces of an object on one line. */
  readonly padding: string;
  /** Everything stands on one line. */
  readonly oneLine: boolean;
}

/** What a text shows nothing of is as Claude Code writes it: two spaces, "\n". */
export function styleOf(text: string, root: Node): Style {
  const first = root.kind === "object" ? root.members[0] : undefined;
  const second = root.kind === "object" ? root.members[1] : undefined;
  const oneLine = first !== undefined && !text.slice(root.start, root.end).includes("\n");
  const colon = first && /:(\s*)$/.exec(text.slice(first.start, first.value.start))?.[1];
  return {
    indent: (first && leading(text, first.start)) || "  ",
    lineEnd: text.includes("\r\n") ? "\r\n" : "\n",
    afterColon: colon ?? " ",
    afterComma: second && oneLine ? spaceBefore(text, second.start) : (colon ?? " "),
    padding: first && oneLine ? text.slice(root.start + 1, first.start) : " ",
    oneLine,
  };
}

/** @returns the indentation of the line that `at` stands on, "" when something else stands before it */
function leading(text: string, at: number): string {
  const before = text.slice(text.lastIndexOf("\n", at - 1) + 1, at);
  return /^[ \t]*$/.test(before) && text.lastIndexOf("\n", at - 1) >= 0 ? before : "";
}

/** @returns the indentation of the line that `at` stands on, whatever else stands there */
export const lineIndent = (text: string, at: number): string =>
  /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", at - 1) + 1, at))?.[0] ?? "";

const spaceBefore = (text: string, at: number): string => /\s*$/.exec(text.slice(0, at))?.[0] ?? "";
