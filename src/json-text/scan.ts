/**
 * A JSON text → its nodes, or the first place where it is none.
 *
 * With a stack of its own instead of recursion: the depth of a file of somebody else's must not end the program.
 */
import type { Member, Node } from "./nodes.ts";
import { scalarEnd } from "./scalar.ts";

/** The text is not JSON at `at` (an index); the message says why, in a few words. */
export class JsonTextError extends Error {
  override readonly name = "JsonTextError";

  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

export interface ScanOptions {
  /** Comments and trailing commas are allowed, and scalars are taken as they come: for a text that parses already. */
  readonly comments?: boolean;
}

/** A container that is not closed yet. */
type Open = { readonly start: number } & (
  | { readonly kind: "object"; readonly members: Member[]; key?: { name: string; start: number } }
  | { readonly kind: "array"; readonly items: Node[] }
);

const SPACE = /[ \t\r\n]*/y;
const SPACE_AND_COMMENTS = /(?:[\s\ufeff]|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))*/y;

/**
 * @param text strict JSON, perhaps behind a byte order mark, as Claude Code reads it; or with comments
 * @returns the root
 * @throws JsonTextError
 */
export function scan(text: string, { comments = false }: ScanOptions = {}): Node {
  const open: Open[] = [];
  let at = text.startsWith("\ufeff") ? 1 : 0;
  const skip = () => {
    const space = comments ? SPACE_AND_COMMENTS : SPACE;
    space.lastIndex = at;
    space.test(text);
    at = space.lastIndex;
  };
  const fail = (what: string): never => {
    throw new JsonTextError(at, describe(text, at, what));
  };
  const takeScalar = (): string => {
    const start = at;
    const found = scalarEnd(text, at, comments);
    if ("end" in found) at = found.end;
    else {
      at = found.wrongAt;
      fail(found.why);
    }
    return text.slice(start, at);
  };

  for (;;) {
    skip();
    const inside = open.at(-1);
    if (inside?.kind === "object" && text[at] !== "}") takeKey(inside);
    let done: Node | undefined;
    if (inside && text[at] === (inside.kind === "object" ? "}" : "]")) done = close();
    else if (text[at] === "{") open.push({ kind: "object", members: [], start: at++ });
    else if (text[at] === "[") open.push({ kind: "array", items: [], start: at++ });
    else {
      const start = at;
      takeScalar();
      done = { kind: "scalar", start, end: at };
    }
    // A value is whole: it belongs to what is open, which may be whole with it.
    while (done) {
      const outer = open.at(-1);
      if (!outer) return finish(done);
      if (outer.kind === "array") outer.items.push(done);
      else if (outer.key) outer.members.push({ key: outer.key.name, start: outer.key.start, value: done });
      skip();
      done = takeSeparator(outer) ? undefined : close();
    }
  }

  function takeKey(object: Open & { kind: "object" }): void {
    const start = at;
    if (text[at] !== '"') fail("a key in double quotes should stand here");
    object.key = { name: JSON.parse(takeScalar()) as string, start };
    skip();
    if (text[at] !== ":") fail("a colon should stand here");
    at += 1;
    skip();
  }

  /** @returns whether another member or item follows */
  function takeSeparator(outer: Open): boolean {
    const end = outer.kind === "object" ? "}" : "]";
    if (text[at] === end) return false;
    if (text[at] !== ",") fail(`a comma or '${end}' should stand here`);
    const comma = at;
    at += 1;
    skip();
    if (text[at] !== end) return true;
    if (!comments) {
      at = comma;
      fail("a comma stands behind the last value");
    }
    return false;
  }

  function close(): Node {
    const { key: _, ...node } = open.pop() as Open & { key?: unknown };
    at += 1;
    return { ...node, end: at } as Node;
  }

  function finish(root: Node): Node {
    skip();
    if (at < text.length && !comments) fail("something stands behind the end");
    return root;
  }
}

function describe(text: string, at: number, what: string): string {
  if (at >= text.length) return "the text ends too early";
  if (/^\/[/*]/.test(text.slice(at, at + 2))) return "comments are not allowed";
  return what;
}
