import type { GitFacts } from "../../state/parts.ts";
import type { Context } from "../context.ts";
import { count } from "../look/format.ts";
import { type IconName, icon } from "../look/icons.ts";
import { freshness } from "../parts.ts";
import { type Role, type Span, segment } from "../segment.ts";

export const git = segment({
  name: "git",
  about:
    "Branch and status of the working tree: ahead, behind, staged, modified, untracked, conflicts, stashes",
  source: ".git/HEAD; state git",
  absent: "this is not a git working tree",
  brief: "no working tree",
  priority: 80,
  part: "git",
  options: {
    changes: { default: true, about: "counts of staged, modified and untracked files" },
    upstream: { default: true, about: "commits ahead of and behind the upstream branch" },
    stashes: { default: true, about: "the number of stashes" },
    operation: { default: true, about: "a rebase, merge or other operation in progress" },
    worktree: { default: true, about: "the name of a linked worktree" },
  },
  render(context, options) {
    const { head } = context;
    const part = context.repo?.parts.git;
    const known = part?.value ?? undefined;
    const facts = known !== undefined && isOfHead(known, context) ? known : undefined;
    const branch = head?.branch ?? (head === undefined ? facts?.branch : undefined);
    const commit = head?.commit?.slice(0, 7) ?? facts?.commit;
    if (branch === undefined && commit === undefined) return undefined;

    const sign = (name: IconName) => icon(context.config.icons, name);
    const spans: Span[] = [];
    const short: Span[] = [];
    if (branch === undefined) {
      const text = `${sign("commit")}${commit}`;
      spans.push({ text, role: "branch" });
      short.push({ text, role: "branch" });
    } else {
      spans.push({ text: branch, role: "branch", elastic: 12 });
      short.push({ text: branch, role: "branch", elastic: 8 });
    }
    if (options.operation && facts?.operation !== undefined) {
      const text = ` ${facts.operation}`;
      spans.push({ text, role: "warn", elastic: 14 });
      short.push({ text: firstWord(text), role: "warn", elastic: 7 });
    }
    const add = (name: IconName, value: number | undefined, role: Role) => {
      if (value !== undefined && value > 0) spans.push({ text: ` ${sign(name)}${count(value)}`, role });
    };
    // The output of git was cut: these counts are lower bounds.
    const addCounted = (name: IconName, value: number, role: Role) => {
      const bound = facts?.atLeast ? sign("atLeast") : "";
      const text = ` ${sign(name)}${bound}${count(value)}`;
      if (value > 0) spans.push({ text, role, marked: name === "conflicts" });
    };
    const isConflicted = facts !== undefined && facts.conflicts > 0;
    if (facts) {
      addCounted("conflicts", facts.conflicts, "critical");
      if (options.changes) {
        addCounted("staged", facts.staged, "good");
        addCounted("modified", facts.modified, "change");
        if (facts.untracked === undefined)
          spans.push({ text: ` ${sign("untracked")}${sign("ellipsis")}`, role: "muted" });
        else add("untracked", facts.untracked, "muted");
      }
      if (options.upstream) {
        add("ahead", facts.ahead, "good");
        add("behind", facts.behind, "change");
      }
      if (options.stashes) add("stash", facts.stashes, "muted");
    }
    const tree = head?.worktree ?? facts?.worktree;
    if (options.worktree && tree !== undefined)
      spans.push({ text: ` ${sign("worktree")}${tree}`, role: "muted", elastic: 8 });
    if (isConflicted) short.push({ text: "*", role: "critical", marked: true });
    else if (facts && isDirty(facts)) short.push({ text: "*", role: "change" });
    return {
      role: "branch",
      icon: branch === undefined ? undefined : "branch",
      level: isConflicted ? "critical" : "normal",
      spans,
      short,
      ...freshness(context, "git", facts && part),
    };
  },
});

/** Facts gathered before a checkout are about another branch. */
function isOfHead(facts: GitFacts, { head }: Context): boolean {
  if (head === undefined) return true;
  if (head.branch !== undefined) return facts.branch === head.branch;
  return (
    facts.branch === undefined &&
    (facts.commit === undefined || head.commit?.startsWith(facts.commit) !== false)
  );
}

/** " rebase 2/5" as " rebase". */
const firstWord = (text: string): string => text.slice(0, `${text} `.indexOf(" ", 1));

const isDirty = ({ staged, modified, untracked, conflicts }: GitFacts): boolean =>
  staged + modified + (untracked ?? 0) + conflicts > 0;
