/** Claude Code's settings: the line is asked for, and nothing hides it. */
import { claudeDirectories } from "../../claude/directories.ts";
import { isOurs, type SettingsLayer, settingsLayers } from "../../claude/settings-layers.ts";
import { bad, type Check, type Finding, good } from "../check.ts";

export const settings: Check = {
  name: "settings",
  about: "Claude Code's settings ask for this line, and nothing hides it",
  run: ({ env, cwd }) => {
    const [claudeDir] = claudeDirectories(env);
    if (claudeDir === undefined) return bad("there is no Claude Code directory: HOME is not set");
    return judge(settingsLayers(cwd, claudeDir), claudeDir);
  },
};

/** @param layers the strongest first */
export function judge(layers: readonly SettingsLayer[], claudeDir: string): Finding {
  const broken = layers.find(({ problem }) => problem !== undefined);
  if (broken)
    return bad(`${broken.path} cannot be read: ${broken.problem}`, {
      hint: "mend it: it must be strict JSON",
    });
  const deaf = layers.find(({ disablesHooks }) => disablesHooks);
  if (deaf) return bad(`'disableAllHooks' in ${deaf.path} turns every status line off`);
  const asked = layers.find(({ hasStatusLine }) => hasStatusLine);
  const ours = layers.find(({ command }) => command !== undefined && isOurs(command));
  if (!asked)
    return bad("no settings file has a status line", {
      hint: `"statusLine": { "type": "command", "command": "plimsoll display" } belongs into ${claudeDir}/settings.json`,
    });
  if (asked !== ours)
    return bad(
      `${asked.path} (${asked.name}) has another status line${ours ? `, and hides ours in ${ours.path}` : ""}`,
      {
        details: [asked.command ?? "no command"],
      },
    );
  return good(`${asked.path} (${asked.name}): ${asked.command}`);
}
