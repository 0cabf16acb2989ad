/** Paths of JSON values as people write them: `rows[0].left[1]`, `prices["a.b"].input`. */
import type { Path } from "./tree.ts";

/** @returns undefined for an invalid path */
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

/** The inverse of `parsePath`. */
export function formatPath(path: readonly PropertyKey[]): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (/^[A-Za-z_$][\w$-]*$/.test(String(step)))
      text += text === "" ? String(step) : `.${String(step)}`;
    else text += `[${JSON.stringify(String(step))}]`;
  }
  return text;
}
