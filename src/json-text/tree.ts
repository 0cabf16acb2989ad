/** A JSON text as a tree of nodes that know their place in it, or the first place where it is not JSON. */
import { type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";

export type { Node } from "jsonc-parser";

/** Keys of objects and indices of arrays, from the root. */
export type Path = readonly (string | number)[];

export interface ParseOptions {
  /** Allow comments and trailing commas. */
  readonly comments?: boolean;
}

/** The text is not JSON at `at` (an index); the message is the reason, in a few words. */
export class JsonTextError extends Error {
  override readonly name = "JsonTextError";

  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/**
 * @param text strict JSON, perhaps after a byte order mark, as Claude Code reads it; or with comments
 * @returns the root
 * @throws JsonTextError
 */
export function parseText(text: string, { comments = false }: ParseOptions = {}): Node {
  const errors: ParseError[] = [];
  // A byte order mark is not JSON to the parser; the nodes keep their places.
  const json = text.startsWith("\ufeff") ? ` ${text.slice(1)}` : text;
  let root: Node | undefined;
  try {
    root = parseTree(json, errors, { disallowComments: !comments, allowTrailingComma: comments });
  } catch (error) {
    // The parser recurses: tens of thousands of levels exhaust the stack.
    if (error instanceof RangeError) throw new JsonTextError(0, "nested too deeply");
    throw error;
  }
  if (errors.length > 0) throw fault(json, errors, root ? endOf(root) : json.length);
  if (!root) throw new JsonTextError(json.length, "unexpected end of the text");
  return root;
}

const MESSAGES: Readonly<Record<string, string>> = {
  InvalidNumberFormat: "invalid number",
  UnexpectedEndOfNumber: "invalid number",
  PropertyNameExpected: "expected a key in double quotes",
  ColonExpected: "expected a colon",
  CommaExpected: "expected a comma",
  CloseBraceExpected: "expected '}'",
  CloseBracketExpected: "expected ']'",
  EndOfFileExpected: "unexpected text after the end",
  InvalidCommentToken: "comments are not allowed",
  UnexpectedEndOfComment: "unterminated comment",
  InvalidUnicode: "invalid escape in a string",
  InvalidEscapeCharacter: "invalid escape in a string",
};

/** @param end of the first value */
function fault(text: string, errors: readonly ParseError[], end: number): JsonTextError {
  const [offset = 0] = errors.map((each) => each.offset);
  const [code = "", next = ""] = errors.map((each) => printParseErrorCode(each.error));
  if (code === "UnexpectedEndOfString" || code === "InvalidCharacter") {
    const control = text.slice(offset).search(/[\x00-\x1f]/);
    return control < 0
      ? new JsonTextError(text.length, "unexpected end of the text")
      : new JsonTextError(offset + control, "unescaped control character in a string");
  }
  if (offset >= text.length) return new JsonTextError(text.length, "unexpected end of the text");
  const comma = /[}\]]/.test(text.charAt(offset)) && /,\s*$/.exec(text.slice(0, offset));
  if (comma) return new JsonTextError(comma.index, "trailing comma");
  if (code === "InvalidSymbol" && offset >= end)
    return new JsonTextError(offset, "unexpected text after the end");
  // What was expected in the place of an unknown word is the error after it.
  return new JsonTextError(offset, MESSAGES[code === "InvalidSymbol" ? next : code] ?? "expected a value");
}

/** The index behind a node's last character. */
export const endOf = ({ offset, length }: Node): number => offset + length;

export interface Member {
  readonly key: string;
  /** Where the key's opening quote is. */
  readonly start: number;
  readonly value: Node;
}

/** @returns an object's members in their order; none for other values */
export const membersOf = ({ type, children = [] }: Node): Member[] =>
  type !== "object"
    ? []
    : children.flatMap(({ offset, children: [key, value] = [] }) =>
        key && value ? [{ key: key.value as string, start: offset, value }] : [],
      );

/**
 * @returns the member with this key
 * @throws JsonTextError when there are two: which one counts depends on the reader
 */
export function memberOf(object: Node, key: string): Member | undefined {
  const [member, duplicate] = membersOf(object).filter((each) => each.key === key);
  if (duplicate) throw new JsonTextError(duplicate.start, `duplicate key '${key}'`);
  return member;
}

/** @returns the value one step further down */
export function child(node: Node, step: string | number): Node | undefined {
  if (typeof step === "number") return node.type === "array" ? node.children?.[step] : undefined;
  return memberOf(node, step)?.value;
}

/** @returns the value at a path, or undefined for a missing one */
export function find(root: Node, path: Path): Node | undefined {
  let node: Node | undefined = root;
  for (const step of path) node = node && child(node, step);
  return node;
}

/** A point in a text as an editor shows it: both from 1, columns in characters. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** @param at an index into the text */
export function positionAt(text: string, at: number): Position {
  const before = text.slice(0, at).replace(/^\ufeff/, "");
  const lineStart = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: [...before.slice(lineStart)].length + 1 };
}
