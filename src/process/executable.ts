/**
 * A program's absolute path, from PATH.
 *
 * Entries that are not absolute are passed over: an empty one or `.` would run a program of the directory we stand in,
 * which may be somebody else's repository.
 */
import { accessExecutable } from "./libc/access.ts";

/**
 * @param name a program's name; one with a slash is taken only when absolute
 * @param path the value of PATH
 * @returns the absolute path of an executable regular file, or undefined
 */
export function resolveExecutable(name: string, path = process.env.PATH ?? ""): string | undefined {
  if (name.includes("/")) return name.startsWith("/") && accessExecutable(name) ? name : undefined;
  if (name === "") return undefined;
  for (const folder of path.split(":")) {
    const candidate = `${folder.replace(/\/+$/, "")}/${name}`;
    if (folder.startsWith("/") && accessExecutable(candidate)) return candidate;
  }
  return undefined;
}
