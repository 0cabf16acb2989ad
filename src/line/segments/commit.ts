import { icon } from "../look/icons.ts";
import { freshness } from "../parts.ts";
import { segment } from "../segment.ts";

export const commit = segment({
  name: "commit",
  about: "The abbreviated commit of HEAD",
  source: ".git/HEAD when detached; state git",
  absent: "this is not a git working tree, it has no commit yet, or it has not been read",
  priority: 25,
  part: "git",
  render(context) {
    const part = context.repo?.parts.git;
    const text = context.head?.commit?.slice(0, 7) ?? part?.value?.commit;
    if (text === undefined) return undefined;
    return {
      role: "branch",
      spans: [{ text: `${icon(context.config.icons, "commit")}${text}`, role: "muted" }],
      ...freshness(context, "git", part),
    };
  },
});
