/** The terminal as a render sees it: through its environment, which the client passes on. */

import { loadConfig } from "../../config/load.ts";
import { readTerminal } from "../../display/terminal.ts";
import { iconSetOf } from "../../line/look/icons.ts";
import { configPath } from "../../state/paths.ts";
import { type Check, type CheckContext, error, type Finding, findingsOr, info, ok } from "../check.ts";

/** Below this even a row of a few segments is cut. Columns. */
const NARROW = 40;

export const terminal: Check = {
  name: "terminal",
  about: "the terminal can show the line as configured",
  run: ({ env, paths, columns }) => {
    const { config } = loadConfig(configPath(env), paths.configCache);
    const assumed = readTerminal(env, config);
    const { colors, links } = assumed;
    const icons = iconSetOf(config, assumed);
    const depth = colors === 16_777_216 ? "all colours" : colors === 0 ? "no colours" : `${colors} colours`;
    const facts = `${depth}, links ${links ? "on" : "off"}, ${icons} icons`;
    // In a pipe the environment does not describe the client's terminal.
    if (columns === undefined) return ok(`none here; a render would assume ${facts}`);
    const seen = `${columns} columns, ${facts}`;
    return findingsOr(env.NO_COLOR ? `${seen} (NO_COLOR is set)` : seen, [
      termFinding(env),
      localeFinding(env, icons),
      columns < NARROW &&
        error(`the terminal has ${columns} columns: most of the line is left out`, {
          hint: "widen the window, or show less: 'plimsoll config set preset minimal'",
        }),
    ]);
  },
};

function termFinding({ TERM }: CheckContext["env"]): Finding | undefined {
  const hint = "set TERM to your terminal's type, usually 'xterm-256color'";
  if (TERM === "dumb") return error("TERM is 'dumb': the line has no colours", { hint });
  return TERM ? undefined : info("TERM is not set: 16 colours are assumed", { hint });
}

/** Precedence: locale(7). */
function localeFinding({ LC_ALL, LC_CTYPE, LANG }: CheckContext["env"], icons: string): Finding | undefined {
  if (icons === "ascii") return undefined;
  const name = LC_ALL || LC_CTYPE || LANG;
  const hint = "use a UTF-8 locale (LANG=C.UTF-8), or 'plimsoll config set icons ascii'";
  if (!name)
    return info(`no locale is set: ${icons} icons are shown only if the terminal uses UTF-8`, { hint });
  if (/utf-?8/i.test(name)) return undefined;
  return error(`the locale '${name}' is not UTF-8: ${icons} icons may appear as other characters`, { hint });
}
