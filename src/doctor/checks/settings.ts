/** Claude Code's settings: the line is asked for, and nothing hides it. */
import { claudeDirectories } from "../../claude/directories.ts";
import { readOurCommand } from "../../claude/line-command.ts";
import { type Outlook, outlook } from "../../claude/obstacles.ts";
import { bad, type Check, type Finding, good, note } from "../check.ts";
import { clientsWithout } from "../client-path.ts";

export const settings: Check = {
  name: "settings",
  about: "Claude Code's settings ask for this line, and nothing hides it",
  run: ({ env, cwd, now }) => {
    const [claudeDir] = claudeDirectories(env);
    if (claudeDir === undefined)
      return bad("there is no Claude Code directory: HOME is not set", { hint: "set HOME" });
    const found = outlook({ env, directory: cwd, claudeDir });
    const faults = [...judge(found), ...unknownToClients(found, claudeDir, now)];
    const { asked } = found;
    return faults.length > 0 ? faults : good(`${asked?.path} (${asked?.name}): ${asked?.command}`);
  },
};

/** A name without a path means what the client's PATH says, not ours. */
function unknownToClients({ asked, ours }: Outlook, claudeDir: string, now: number): Finding[] {
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

/** Each obstacle is a finding; one that may not hide the line is a note. */
const judge = ({ obstacles }: Outlook): Finding[] =>
  obstacles.map(({ hides, text, hint }) => (hides ? bad(text, { hint }) : note(text, { hint })));
