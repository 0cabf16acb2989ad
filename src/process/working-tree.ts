/**
 * Which directories belong to a repository, so that no program in them is run.
 *
 * `npx`, `npm run` and direnv put an absolute `<repository>/node_modules/.bin` into PATH: a `git` in there would be run by
 * whoever looks for git. A working tree is, for each place that a session is about: every directory above it that has a
 * `.git`; the main working tree of a linked one; the place itself where there is none. Directories are compared by device
 * and inode, so that links, bind mounts and other spellings do not matter. A tree that contains the user's home is not
 * counted: what is in there is the user's own (a home that is kept in git, a session in `/`).
 */
import { realPath } from "./libc/file.ts";
import { cString } from "./libc/library.ts";
import { statPath } from "./libc/stat.ts";
import { readSmallText } from "./small-file.ts";

/** Working trees, by the identities of their roots. */
export type WorkingTrees = ReadonlySet<string>;

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
    const real = place?.startsWith("/") ? nearest(place) : undefined;
    if (real === undefined) continue;
    const roots = ancestors(real).filter((directory) => identity(`${directory}/.git`) !== undefined);
    for (const root of roots.length > 0 ? roots : [real])
      for (const directory of [root, mainTree(root)]) {
        const id = directory === undefined ? undefined : identity(directory);
        if (id !== undefined) trees.add(id);
      }
  }
  const own = home?.startsWith("/") ? realPath(home) : undefined;
  for (const directory of own === undefined ? [] : ancestors(own)) trees.delete(identity(directory) ?? "");
  return trees;
}

/** Whether a path leads into one of the trees. A path that leads nowhere does not. */
export function isInside(path: string, trees: WorkingTrees): boolean {
  if (trees.size === 0) return false;
  const real = realPath(path);
  return real !== undefined && ancestors(real).some((each) => trees.has(identity(each) ?? ""));
}

/** @returns the value of PATH without relative entries and without those in one of the trees */
export const pathOutside = (path: string, trees: WorkingTrees): string =>
  path
    .split(":")
    .filter((folder) => folder.startsWith("/") && !isInside(folder, trees))
    .join(":");

/** The main working tree of a linked one: its `.git` file names `<main>/.git/worktrees/<name>`. */
function mainTree(root: string): string | undefined {
  const target = readSmallText(`${root}/.git`, { limit: 4096 })?.match(
    /^gitdir: (.+?)\/\.git\/worktrees\/[^/\n]+\s*$/,
  );
  const main = target?.[1];
  if (main === undefined) return undefined;
  return main.startsWith("/") ? main : `${root}/${main}`;
}

/** The real path of the nearest directory that exists, from `place` upwards. */
function nearest(place: string): string | undefined {
  for (let path = place; path !== ""; path = path.slice(0, path.lastIndexOf("/"))) {
    const real = realPath(path);
    if (real !== undefined) return real;
  }
  return "/";
}

/** A real path and all directories above it. */
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
