/**
 * Looking up programs in PATH, safely.
 *
 * Relative entries of PATH are skipped: an empty one or `.` would run a program from the current directory, which may be
 * someone else's repository. So are programs inside the session's working trees: `npx`, `npm run` and direnv add an
 * absolute `<repository>/node_modules/.bin` to PATH, and a `git` in there would be run by whoever looks for git.
 *
 * The working trees of a directory are: every ancestor with a `.git`, its main working tree and all that are linked to
 * it; or the directory itself without any. Directories are compared by device and inode, so that symlinks, bind mounts
 * and other spellings do not matter. A tree that contains the user's home does not count, because what is in there is the
 * user's own (a home that is kept in git, a session in `/`).
 */
import { accessExecutable, realPath } from "../ffi/file.ts";
import { cString } from "../ffi/library.ts";
import { statPath } from "../ffi/stat.ts";
import { entryNames } from "../io/entries.ts";
import { readSmallText } from "../io/file.ts";

/** Working trees, by the device and inode of their roots. */
export type WorkingTrees = ReadonlySet<string>;

const NONE: WorkingTrees = new Set();

/**
 * @param name a program's name; one with a slash is only accepted when absolute
 * @param path the value of PATH
 * @param outside skip these working trees, except for an absolute `name`, which the user chose
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

/** @returns the value of PATH without relative entries and without those in one of the trees */
export const pathOutside = (path: string, trees: WorkingTrees): string =>
  path
    .split(":")
    .filter((folder) => folder.startsWith("/") && !isInside(folder, trees))
    .join(":");

/**
 * @param places absolute paths; they need not exist
 * @param home the user's home directory
 */
export function workingTrees(
  places: readonly (string | undefined)[],
  home: string | undefined,
): WorkingTrees {
  const trees = new Set<string>();
  for (const place of places) {
    const real = place?.startsWith("/") ? nearestExisting(place) : undefined;
    if (real === undefined) continue;
    const roots = ancestors(real).filter((directory) => identity(`${directory}/.git`) !== undefined);
    for (const root of roots.length > 0 ? roots : [real])
      for (const directory of treesOf(root)) {
        const id = identity(directory);
        if (id !== undefined) trees.add(id);
      }
  }
  const own = home?.startsWith("/") ? realPath(home) : undefined;
  for (const directory of own === undefined ? [] : ancestors(own)) trees.delete(identity(directory) ?? "");
  return trees;
}

/** Whether a path is in one of the trees; false for a path that does not exist. */
function isInside(path: string, trees: WorkingTrees): boolean {
  if (trees.size === 0) return false;
  const real = realPath(path);
  return real !== undefined && ancestors(real).some((each) => trees.has(identity(each) ?? ""));
}

/** A working tree, its main one, and those linked to that. */
function treesOf(root: string): string[] {
  const main = mainTree(root) ?? root;
  return [root, main, ...linkedTrees(main)];
}

/** Limit of linked working trees per repository. */
const MAX_LINKED = 1_000;
const GITFILE_BYTES = 4096;

/** The working trees linked to a main one: `.git/worktrees/<name>/gitdir` has the path of each `.git` file. */
function linkedTrees(main: string): string[] {
  const folder = `${main}/.git/worktrees`;
  return entryNames(folder)
    .slice(0, MAX_LINKED)
    .flatMap((name) => {
      const file = readSmallText(`${folder}/${name}/gitdir`, { limit: GITFILE_BYTES })?.trimEnd();
      if (file === undefined || !file.endsWith("/.git")) return [];
      const tree = file.slice(0, -"/.git".length);
      return tree.startsWith("/") ? tree : `${folder}/${name}/${tree}`;
    });
}

/** The main working tree of a linked one: its `.git` file contains `<main>/.git/worktrees/<name>`. */
function mainTree(root: string): string | undefined {
  const main = readSmallText(`${root}/.git`, { limit: GITFILE_BYTES })?.match(
    /^gitdir: (.+?)\/\.git\/worktrees\/[^/\n]+\s*$/,
  )?.[1];
  if (main === undefined) return undefined;
  return main.startsWith("/") ? main : `${root}/${main}`;
}

/** The real path of the nearest existing directory, from `place` upwards. */
function nearestExisting(place: string): string {
  for (let path = place; path !== ""; path = path.slice(0, path.lastIndexOf("/"))) {
    const real = realPath(path);
    if (real !== undefined) return real;
  }
  return "/";
}

/** A real path and all its ancestors. */
function ancestors(real: string): string[] {
  const all: string[] = [];
  for (let path = real; path !== "" && path !== "/"; path = path.slice(0, path.lastIndexOf("/")))
    all.push(path);
  return [...all, "/"];
}

function identity(path: string): string | undefined {
  const facts = statPath(cString(path));
  return facts && `${facts.device}:${facts.inode}`;
}
