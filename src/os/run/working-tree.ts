/**
 * Which directories belong to a repository, so that no program in them is run.
 *
 * `npx`, `npm run` and direnv put an absolute `<repository>/node_modules/.bin` into PATH: a `git` in there would be run by
 * whoever looks for git. A working tree is, for each place that a session is about: every directory above it that has a
 * `.git`; its main working tree and all that are linked to it; the place itself where there is none. Directories are compared by device
 * and inode, so that links, bind mounts and other spellings do not matter. A tree that contains the user's home is not
 * counted: what is in there is the user's own (a home that is kept in git, a session in `/`).
 */
import { readdirSync } from "node:fs";
import { realPath } from "../ffi/file.ts";
import { cString } from "../ffi/library.ts";
import { statPath } from "../ffi/stat.ts";
import { readSmallText } from "../io/small-file.ts";

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
      for (const directory of treesOf(root)) {
        const id = identity(directory);
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

/** A working tree, its main one, and those that are linked to that. */
function treesOf(root: string): string[] {
  const main = mainTree(root) ?? root;
  return [root, main, ...linkedTrees(main)];
}

/** More linked working trees of one repository than these are not looked up. */
const MAX_LINKED = 1_000;

/** The working trees that are linked to a main one: `.git/worktrees/<name>/gitdir` names the `.git` file of each. */
function linkedTrees(main: string): string[] {
  const folder = `${main}/.git/worktrees`;
  return namesIn(folder)
    .slice(0, MAX_LINKED)
    .flatMap((name) => {
      const file = readSmallText(`${folder}/${name}/gitdir`, { limit: 4096 })?.trimEnd();
      if (file === undefined || !file.endsWith("/.git")) return [];
      const tree = file.slice(0, -"/.git".length);
      return tree.startsWith("/") ? tree : `${folder}/${name}/${tree}`;
    });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // No working tree was ever linked, or the folder is not one that git can read either.
    return [];
  }
}

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
