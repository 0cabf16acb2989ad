import { icon } from "../look/icons.ts";
import { type Span, segment } from "../segment.ts";

export const worktree = segment({
  name: "worktree",
  about: "The worktree of the session, and the branch that it was made from",
  source: "payload worktree, workspace.git_worktree; .git",
  absent: "the session is in the main working tree",
  brief: "main working tree",
  priority: 42,
  render({ payload, head, config }) {
    const name = payload.worktree?.name ?? payload.gitWorktree ?? head?.worktree;
    if (name === undefined) return undefined;
    const own: Span = { text: `${icon(config.icons, "worktree")}${name}`, role: "branch", elastic: 10 };
    const from = payload.worktree?.originalBranch;
    return {
      role: "branch",
      spans: from === undefined ? [own] : [own, { text: ` from ${from}`, role: "muted", elastic: 10 }],
      short: [own],
    };
  },
});
