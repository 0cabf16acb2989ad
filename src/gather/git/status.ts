/** Parser of `git status --porcelain=v2 --branch --show-stash -z` (git-status(1), "Porcelain Format Version 2"). */
import type { GitFacts } from "../../state/parts.ts";

/** The facts in the output; `stashes` is missing when git is too old, or when there are none. */
export type StatusFacts = Omit<
  GitFacts,
  "stashes" | "operation" | "worktree" | "partial" | "untracked" | "atLeast"
> & {
  stashes?: number;
  untracked: number;
};

/** Characters of a commit's id. */
const ABBREVIATED = 8;

/**
 * @param output the whole output, or its beginning
 * @param isCut only the beginning: an incomplete last record is ignored
 * @throws Error when it is not the output of `git status`, or is cut without `isCut`
 */
export function parseStatus(output: string, { isCut = false } = {}): StatusFacts {
  const facts: StatusFacts = { staged: 0, modified: 0, untracked: 0, conflicts: 0 };
  const fields = output.split("\0");
  if (fields.pop() !== "" && !isCut) throw new Error("the output of git status ends in the middle");
  let isStatus = false;
  for (let index = 0; index < fields.length; index++) {
    const field = fields[index] as string;
    switch (field[0]) {
      case "#":
        if (field.startsWith("# branch.oid ")) isStatus = true;
        readHeader(facts, field);
        break;
      // A rename or copy has its origin in an additional field.
      case "2":
        index++;
        if (index < fields.length) countChange(facts, field);
        break;
      case "1":
        countChange(facts, field);
        break;
      case "u":
        facts.conflicts++;
        break;
      case "?":
        facts.untracked++;
        break;
    }
  }
  if (!isStatus) throw new Error("the output is not that of git status");
  return facts;
}

/** Whether untracked files are listed. They come last: all changes to tracked files are then in the output. */
export const listsUntracked = (output: string): boolean => output.includes("\0? ");

/** @param output of `git ls-files --unmerged -z`, or its beginning: "mode id stage<TAB>path", up to three per path */
export function countUnmerged(output: string): number {
  const records = output.split("\0").slice(0, -1);
  return new Set(records.map((record) => record.slice(record.indexOf("\t") + 1))).size;
}

/** "1 XY …": X is the index against HEAD, Y the working tree against the index. */
function countChange(facts: StatusFacts, field: string): void {
  if (field[2] !== ".") facts.staged++;
  if (field[3] !== ".") facts.modified++;
}

function readHeader(facts: StatusFacts, field: string): void {
  const [, name, ...rest] = field.split(" ");
  const value = rest.join(" ");
  if (name === "branch.oid" && value !== "(initial)") facts.commit = value.slice(0, ABBREVIATED);
  else if (name === "branch.head" && value !== "(detached)") facts.branch = value;
  else if (name === "branch.upstream") facts.upstream = value;
  else if (name === "stash") facts.stashes = Number(value) || 0;
  else if (name === "branch.ab") {
    const counts = value.match(/^\+(\d+) -(\d+)$/);
    if (counts) {
      facts.ahead = Number(counts[1]);
      facts.behind = Number(counts[2]);
    }
  }
}
