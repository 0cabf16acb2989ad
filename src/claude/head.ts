/**
 * The branch as `.git/HEAD` says it, without git: works with no git installed, and can run nothing.
 * Formats: gitrepository-layout(5), git-worktree(1). Reftable repositories keep a placeholder in HEAD.
 */
import { readSmallText } from "../process/small-file.ts";

/** What stands in `.git/HEAD`. */
export interface Head {
  /** The working tree's root, as it was reached. */
  readonly root: string;
  /** The branch's short name; absent when HEAD is detached. */
  readonly branch?: string;
  /** The full commit id of a detached HEAD. */
  readonly commit?: string;
  /** The name of a linked worktree. */
  readonly worktree?: string;
}

const MAX_LEVELS = 128;
const MAX_BYTES = 4096;

/**
 * @param directory an absolute path at or below a working tree's root; it need not exist any more
 * @returns undefined outside of a working tree
 */
export function readHead(directory: string): Head | undefined {
  if (!directory.startsWith("/")) return undefined;
  let root = directory.replace(/\/+$/, "");
  for (let level = 0; level < MAX_LEVELS; level++) {
    const head = readSmallText(`${root}/.git/HEAD`, { limit: MAX_BYTES });
    if (head !== undefined) return decode(root, head);
    const link = readSmallText(`${root}/.git`, { limit: MAX_BYTES });
    const gitDir = link?.match(/^gitdir: ([^\n]+)/)?.[1];
    if (gitDir !== undefined) {
      const resolved = gitDir.startsWith("/") ? gitDir : `${root}/${gitDir}`;
      const worktree = resolved.match(/\/worktrees\/([^/]+)\/?$/)?.[1];
      return decode(root, readSmallText(`${resolved}/HEAD`, { limit: MAX_BYTES }) ?? "", worktree);
    }
    if (root === "") return undefined;
    root = root.slice(0, root.lastIndexOf("/"));
  }
  return undefined;
}

function decode(root: string, head: string, worktree?: string): Head {
  const base = { root: root === "" ? "/" : root, ...(worktree === undefined ? {} : { worktree }) };
  const ref = head.match(/^ref: *(\S[^\n]*)/)?.[1];
  if (ref === "refs/heads/.invalid") return base;
  if (ref !== undefined) return { ...base, branch: ref.replace(/^refs\/heads\//, "") };
  const commit = head.match(/^([0-9a-f]{40}(?:[0-9a-f]{24})?)\s*$/)?.[1];
  return commit === undefined ? base : { ...base, commit };
}
