/** Claude Code's settings: the line is asked for, and nothing hides it. */
import { claudeDirectories } from "../../claude/directories.ts";
import { readOurCommand } from "../../claude/line-command.ts";
import type { Problem } from "../../claude/problems.ts";
import { outlook, type StatusLineState } from "../../claude/status-line-state.ts";
import { bad, type Check, type CheckContext, type Finding, type Fix, good, note } from "../check.ts";
import { clientsWithout } from "../client-path.ts";
import { setUpLine } from "../set-up-line.ts";

export const settings: Check = {
  name: "settings",
  about: "Claude Code's settings ask for this line, and nothing hides it",
  run: (surroundings) => {
    const { env, cwd } = surroundings;
    const [claudeDir] = claudeDirectories(env);
    if (claudeDir === undefined)
      return bad("there is no Claude Code directory: HOME is not set", { hint: "set HOME" });
    const found = outlook({ env, directory: cwd, claudeDir });
    const { asked, obstacles } = found;
    const faults = [
      ...obstacles.map((obstacle) => judge(obstacle, found, claudeDir, surroundings)),
      ...unknownToClients(found, claudeDir, surroundings),
    ];
    return faults.length > 0 ? faults : good(`${asked?.path} (${asked?.name}): ${asked?.command}`);
  },
};

function judge(
  obstacle: Problem,
  found: StatusLineState,
  claudeDir: string,
  surroundings: CheckContext,
): Finding {
  const { hides, text, hint } = obstacle;
  if (!hides) return note(text, { hint });
  const fix = fixOf(obstacle, found, `${claudeDir}/settings.json`, surroundings);
  return bad(text, { hint, ...(fix ? { fix } : {}) });
}

/** Ours to mend is our line in the user's own settings: missing, or leading nowhere and nothing made of it by the user. */
function fixOf(
  { kind }: Problem,
  { asked, obstacles }: StatusLineState,
  path: string,
  surroundings: CheckContext,
): Fix | undefined {
  const isBroken = obstacles.some((each) => each.kind === "unreadable" && each.path === path);
  const isDead =
    kind === "program" && asked?.path === path && readOurCommand(asked.command ?? "")?.plain === true;
  return isDead || (kind === "no-line" && !isBroken) ? setUpLine(path, surroundings) : undefined;
}

/** A name without a path means what the client's PATH says, not ours. */
function unknownToClients(
  { asked, ours }: StatusLineState,
  claudeDir: string,
  { now }: CheckContext,
): Finding[] {
  const program = asked === ours && asked?.command ? readOurCommand(asked.command)?.program : undefined;
  if (program === undefined || /[/$`*?]/.test(program)) return [];
  const without = clientsWithout(program, claudeDir, now);
  if (without.length === 0) return [];
  return [
    bad(`'${program}' is not on the PATH of Claude Code as it runs now (pid ${without.join(", ")})`, {
      hint: "'plimsoll setup' puts the program's full path there; or start Claude Code from a shell that has it",
    }),
  ];
}
