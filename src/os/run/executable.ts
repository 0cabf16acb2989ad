/**
 * A program's absolute path, from PATH.
 *
 * Entries that are not absolute are skipped: an empty one or `.` would run a program of the directory we stand in, which
 * may be somebody else's repository. So are programs inside a working tree, where the caller names one.
 */
import { accessExecutable } from "../ffi/access.ts";
import { isInside, type WorkingTrees } from "./working-tree.ts";

const NONE: WorkingTrees = new Set();

/**
 * @param name a program's name; one with a slash is taken only when absolute
 * @param path the value of PATH
 * @param outside a name is not looked up in these working trees; an absolute path is the user's own choice
 * @returns the absolute path of an executable regular file, or undefined
 */
export function resolveExecutable(
  name: string,
  path = process.env.PATH ?? "",
  outside: WorkingTrees = NONE,
): string | undefined {
  if (name.includes("/")) return name.startsWith("/") && accessExecutable(name) ? name : undefined;
  if (name === "") return undefined;
  for (const folder of path.split(":")) {
    const candidate = `${folder.replace(/\/+$/, "")}/${name}`;
    if (!folder.startsWith("/") || !accessExecutable(candidate)) continue;
    if (!isInside(folder, outside) && !isInside(candidate, outside)) return candidate;
  }
  return undefined;
}
