/** The terminal as a render sees it: by its environment, which the client passes on. */

import type { Config } from "../../config/config.ts";
import { loadConfig } from "../../config/load.ts";
import { readTerminal } from "../../display/terminal.ts";
import { configPath } from "../../state/paths.ts";
import { bad, type Check, type CheckContext, type Finding, good, note } from "../check.ts";

/** Below this even one row of a few segments is cut. Columns. */
const NARROW = 40;

export const terminal: Check = {
  name: "terminal",
  about: "the terminal shows the line as it is configured",
  run: (surroundings): Finding[] => {
    const { env, columns, paths } = surroundings;
    const { config } = loadConfig(configPath(env), paths.configCache);
    const { colors, links } = readTerminal(env, config);
    const depth = colors === 16_777_216 ? "all colours" : colors === 0 ? "no colours" : `${colors} colours`;
    const facts = `${depth}, links ${links ? "on" : "off"}, ${config.icons} icons`;
    // A pipe: what is set here says nothing about the terminal in which the client runs.
    if (columns === undefined) return [good(`none here; a render would assume ${facts}`)];
    const faults = [dumb(env), locale(env, config), narrow(columns)].filter((each) => each !== undefined);
    const seen = `${columns} columns, ${facts}`;
    return faults.length > 0 ? faults : [good(env.NO_COLOR ? `${seen} (NO_COLOR is set)` : seen)];
  },
};

function dumb({ TERM }: CheckContext["env"]): Finding | undefined {
  if (TERM === "dumb")
    return bad("TERM is 'dumb': the line has no colours", {
      hint: "set TERM to what your terminal is, for most 'xterm-256color'",
    });
  if (TERM) return undefined;
  return note("TERM is not set: 16 colours are assumed", {
    hint: "set TERM to what your terminal is, for most 'xterm-256color'",
  });
}

/** The first of these that is set decides: locale(7). */
function locale({ LC_ALL, LC_CTYPE, LANG }: CheckContext["env"], { icons }: Config): Finding | undefined {
  if (icons === "ascii") return undefined;
  const name = LC_ALL || LC_CTYPE || LANG;
  const hint = "use a UTF-8 locale (LANG=C.UTF-8), or 'plimsoll config set icons ascii'";
  if (!name) return note(`no locale is set: ${icons} icons show if the terminal takes UTF-8`, { hint });
  if (/utf-?8/i.test(name)) return undefined;
  return bad(`the locale '${name}' is not UTF-8: ${icons} icons may come out as other signs`, { hint });
}

function narrow(columns: number): Finding | undefined {
  if (columns >= NARROW) return undefined;
  return bad(`the terminal has ${columns} columns: most of the line is left out`, {
    hint: "make the window wider, or choose less: 'plimsoll config set preset minimal'",
  });
}
