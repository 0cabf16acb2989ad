import type { GitFacts } from "../../state/schema.ts";
import type { Context } from "../context.ts";
import { count } from "../format.ts";
import { type IconName, icon } from "../icons.ts";
import { freshness } from "../parts.ts";
import { type Role, type Span, segment } from "../segment.ts";

export const git = segment({
  name: "git",
  about:
    "Branch, and how the working tree differs: ahead, behind, staged, modified, untracked, conflicts, stashes",
  source: ".git/HEAD; state git",
  absent: "this is not a git working tree",
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

    const sign = (name: IconName) => icon(context.settings.icons, name);
    const name: Span[] =
      branch === undefined
        ? [{ text: `${sign("commit")}${commit}`, role: "branch" }]
        : [{ text: branch, role: "branch", elastic: 12 }];
    const marks: Span[] = [];
    const add = (name: IconName, value: number | undefined, role: Role) => {
      if (value !== undefined && value > 0) marks.push({ text: ` ${sign(name)}${count(value)}`, role });
    };
    if (facts) {
      add("conflicts", facts.conflicts, "critical");
      if (options.changes) {
        add("staged", facts.staged, "good");
        add("modified", facts.modified, "change");
        if (facts.untracked === undefined)
          marks.push({ text: ` ${sign("untracked")}${sign("ellipsis")}`, role: "muted" });
        else add("untracked", facts.untracked, "muted");
      }
      if (options.upstream) {
        add("ahead", facts.ahead, "good");
        add("behind", facts.behind, "change");
      }
      if (options.stashes) add("stash", facts.stashes, "muted");
    }
    const operation: Span[] =
      options.operation && facts?.operation !== undefined
        ? [{ text: ` ${facts.operation}`, role: "warn", elastic: 14 }]
        : [];
    const tree = head?.worktree ?? facts?.worktree;
    const worktree: Span[] =
      options.worktree && tree !== undefined
        ? [{ text: ` ${sign("worktree")}${tree}`, role: "muted", elastic: 8 }]
        : [];
    return {
      role: "branch",
      ...(branch === undefined ? {} : { icon: "branch" as const }),
      spans: [...name, ...operation, ...marks, ...worktree],
      short: [...shorter(name, 8), ...firstWord(operation), ...dirty(facts)],
      ...(facts === undefined ? {} : freshness(context, "git", part)),
      ...(facts !== undefined && facts.conflicts > 0 ? { level: "critical" as const } : {}),
    };
  },
});

/** Facts gathered before a checkout are about another branch, and none of the new one's counts. */
function isOfHead(facts: GitFacts, { head }: Context): boolean {
  if (head === undefined) return true;
  if (head.branch !== undefined) return facts.branch === head.branch;
  return (
    facts.branch === undefined &&
    (facts.commit === undefined || head.commit?.startsWith(facts.commit) !== false)
  );
}

const shorter = (spans: readonly Span[], elastic: number): Span[] =>
  spans.map((span) => (span.elastic === undefined ? span : { ...span, elastic }));

/** " rebase 2/5" as " rebase". */
const firstWord = (spans: readonly Span[]): Span[] =>
  spans.map(({ text, role }) => ({ text: text.slice(0, `${text} `.indexOf(" ", 1)), role, elastic: 7 }));

/** All changes in one sign. */
function dirty(facts: GitFacts | undefined): Span[] {
  if (!facts) return [];
  const changed = facts.staged + facts.modified + (facts.untracked ?? 0) + facts.conflicts > 0;
  return changed ? [{ text: "*", role: "change" }] : [];
}
