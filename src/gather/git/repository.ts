/**
 * What the files of a working tree tell without running git: its git directory, an operation in progress.
 *
 * The files are untrusted: reads are bounded and never follow a FIFO.
 */
import { existsSync, lstatSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { readSmallText } from "../../os/io/file.ts";

/** The directories of a working tree. */
export interface Repository {
  readonly root: string;
  /** `.git`, or the directory that the `.git` file of a linked worktree or submodule names. */
  readonly gitDir: string;
  /** The directory that all worktrees of the repository share. */
  readonly commonDir: string;
  /** A linked worktree's name. */
  readonly worktree?: string;
}

/** @returns undefined when `root` is not a working tree's root */
export function openRepository(root: string): Repository | undefined {
  const dotGit = join(root, ".git");
  const facts = lstatSync(dotGit, { throwIfNoEntry: false });
  if (facts === undefined) return undefined;
  if (!facts.isFile()) return { root, gitDir: dotGit, commonDir: dotGit };
  const target = line(dotGit)?.match(/^gitdir: (.+)$/)?.[1];
  if (target === undefined) return undefined;
  const gitDir = resolve(root, target);
  const common = line(join(gitDir, "commondir"));
  if (common === undefined) return { root, gitDir, commonDir: gitDir };
  return { root, gitDir, commonDir: resolve(gitDir, common), worktree: basename(gitDir) };
}

/** @returns the operation in progress, in the words of git's prompt, or undefined */
export function operationOf({ gitDir }: Repository): string | undefined {
  const has = (name: string) => existsSync(join(gitDir, name));
  if (has("rebase-merge")) return `rebase${progress(gitDir, "rebase-merge/msgnum", "rebase-merge/end")}`;
  if (has("rebase-apply")) {
    const what = has("rebase-apply/rebasing") ? "rebase" : has("rebase-apply/applying") ? "am" : "rebase";
    return what + progress(gitDir, "rebase-apply/next", "rebase-apply/last");
  }
  if (has("MERGE_HEAD")) return "merge";
  if (has("CHERRY_PICK_HEAD")) return "cherry-pick";
  if (has("REVERT_HEAD")) return "revert";
  if (has("BISECT_LOG")) return "bisect";
  return undefined;
}

/** The number of stashes, from their reflog: `git status` reports it only since version 2.35. */
export function stashesOf({ commonDir }: Repository): number {
  const log = readSmallText(join(commonDir, "logs/refs/stash"), { limit: 512 * 1024 });
  return log === undefined ? 0 : log.split("\n").length - 1;
}

function progress(gitDir: string, doneFile: string, totalFile: string): string {
  const done = Number(line(join(gitDir, doneFile)));
  const total = Number(line(join(gitDir, totalFile)));
  return done > 0 && total > 0 ? ` ${done}/${total}` : "";
}

/** The first line of a small file. */
const line = (path: string): string | undefined =>
  readSmallText(path, { limit: 8192 })?.split("\n", 1)[0]?.trimEnd();
