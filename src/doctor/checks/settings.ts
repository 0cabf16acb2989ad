/** Claude Code's settings: the line is asked for, and nothing hides it. */
import { claudeDirectories } from "../../claude/directories.ts";
import { type Outlook, outlook } from "../../claude/obstacles.ts";
import { bad, type Check, type Finding, good, warning } from "../check.ts";

export const settings: Check = {
  name: "settings",
  about: "Claude Code's settings ask for this line, and nothing hides it",
  run: ({ env, cwd }) => {
    const [claudeDir] = claudeDirectories(env);
    if (claudeDir === undefined) return bad("there is no Claude Code directory: HOME is not set");
    return judge(outlook({ env, directory: cwd, claudeDir }));
  },
};

/** The first obstacle is the finding, the others its details. */
export function judge({ asked, obstacles: [first, ...others] }: Outlook): Finding {
  if (!first) return good(`${asked?.path} (${asked?.name}): ${asked?.command}`);
  const { hides, text, hint } = first;
  return (hides ? bad : warning)(text, {
    hint,
    ...(others.length > 0 ? { details: others.map((each) => each.text) } : {}),
  });
}
