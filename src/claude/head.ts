/**
 * The branch, read from `.git/HEAD` without running git.
 * Formats: gitrepository-layout(5), git-worktree(1). Reftable repositories keep a placeholder in HEAD.
 */
import { readSmallText } from "../os/io/file.ts";

export interface Head {
  /** The working tree's root; symlinks are kept. */
  readonly root: string;
  /** The branch's short name; absent when HEAD is detached. */
  readonly branch?: string;
  /** The full commit id of a detached HEAD. */
  readonly commit?: string;
  /** The name of a linked worktree. */
  readonly worktree?: string;
}

const LINK = "gitdir: ";
const REF = "ref:";
const BRANCHES = "refs/heads/";
const MAX_LEVELS = 128;
const MAX_BYTES = 4096;

/**
 * @param directory absolute; it need not exist
 * @returns undefined outside a working tree
 */
export function readHead(directory: string): Head | undefined {
  if (!directory.startsWith("/")) return undefined;
  let root = withoutEnd(directory, "/");
  for (let level = 0; level < MAX_LEVELS; level++) {
    const head = readSmallText(`${root}/.git/HEAD`, { limit: MAX_BYTES });
    if (head !== undefined) return decode(root, head);
    const link = readSmallText(`${root}/.git`, { limit: MAX_BYTES });
    if (link?.startsWith(LINK)) {
      const target = firstLine(link.slice(LINK.length));
      const gitDir = target.startsWith("/") ? target : `${root}/${target}`;
      return decode(root, readSmallText(`${gitDir}/HEAD`, { limit: MAX_BYTES }) ?? "", worktreeName(gitDir));
    }
    if (root === "") return undefined;
    root = root.slice(0, root.lastIndexOf("/"));
  }
  return undefined;
}

function decode(root: string, head: string, worktree?: string): Head {
  const base = { root: root === "" ? "/" : root, ...(worktree === undefined ? {} : { worktree }) };
  if (head.startsWith(REF)) {
    const ref = firstLine(head.slice(REF.length));
    if (ref === "" || ref === "refs/heads/.invalid") return base;
    return { ...base, branch: ref.startsWith(BRANCHES) ? ref.slice(BRANCHES.length) : ref };
  }
  const commit = head.match(/^([0-9a-f]{40}(?:[0-9a-f]{24})?)\s*$/)?.[1];
  return commit === undefined ? base : { ...base, commit };
}

/** The last name of `…/worktrees/<name>`. */
function worktreeName(gitDir: string): string | undefined {
  const [parent, name] = withoutEnd(gitDir, "/").split("/").slice(-2);
  return parent === "worktrees" ? name : undefined;
}

const firstLine = (text: string): string =>
  text.slice(0, (text.indexOf("\n") + 1 || text.length + 1) - 1).trim();

function withoutEnd(text: string, end: string): string {
  let result = text;
  while (result.endsWith(end)) result = result.slice(0, -end.length);
  return result;
}
