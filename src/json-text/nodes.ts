/** A JSON text's values and where each stands in it: what an edit needs to leave everything else as it is. */

/** A value's place in the text, from `start` up to but not including `end`. UTF-16 units. */
interface Place {
  readonly start: number;
  readonly end: number;
}

export interface Scalar extends Place {
  readonly kind: "scalar";
}

export interface Member {
  readonly key: string;
  /** Where the key's opening quote stands. */
  readonly start: number;
  readonly value: Node;
}

export interface ObjectNode extends Place {
  readonly kind: "object";
  readonly members: readonly Member[];
}

export interface ArrayNode extends Place {
  readonly kind: "array";
  readonly items: readonly Node[];
}

export type Node = Scalar | ObjectNode | ArrayNode;

/** Where a value is: keys of objects and indices of arrays, from the root. */
export type Path = readonly (string | number)[];

/** @returns the member that a reader takes: of a key that stands there twice, the last one holds */
export const memberOf = (node: Node, key: string): Member | undefined =>
  node.kind === "object" ? node.members.findLast((member) => member.key === key) : undefined;

/** @returns the value one step further down */
export function child(node: Node, step: string | number): Node | undefined {
  if (typeof step === "number") return node.kind === "array" ? node.items[step] : undefined;
  return memberOf(node, step)?.value;
}

/** @returns the value at a path, or undefined when there is none */
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
