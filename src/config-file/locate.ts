/** Where in the file an error is. Apart from read.ts, so that a render that checks the file does not load the parser. */
import { parsePath } from "../json-text/path.ts";
import { find, JsonTextError, type Position, parseText, positionAt } from "../json-text/tree.ts";
import type { ConfigError } from "./read.ts";

/** @returns the place of what the error is about, or of the nearest thing around it; undefined for the whole file */
export function locateError(text: string, { path }: ConfigError): Position | undefined {
  try {
    const root = parseText(text, { comments: true });
    const steps = parsePath(path) ?? [];
    for (let length = steps.length; length > 0; length--) {
      const node = find(root, steps.slice(0, length));
      if (node) return positionAt(text, node.offset);
    }
    return undefined;
  } catch (error) {
    if (error instanceof JsonTextError) return positionAt(text, error.at);
    throw error;
  }
}
