/** Paths as people write them. */
import type { Path } from "./nodes.ts";

/**
 * Parse a path like `segments.context.levels`, `rows[0].left[1]` or `prices["a.b"].input`.
 * @returns undefined when it is not one
 */
export function parsePath(text: string): Path | undefined {
  const steps: (string | number)[] = [];
  const step =
    /\[(\d+)\]|\[("(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")\]|\.?([A-Za-z_$][\w$:-]*)/y;
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
