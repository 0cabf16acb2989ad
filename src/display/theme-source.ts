/** Which theme a render uses, and why: for `plimsoll explain`. */
import type { Context } from "../line/context.ts";
import { tidy } from "../line/layout/clean.ts";
import { autoTheme, theme } from "../line/look/theme.ts";
import type { Environment } from "../os/environment.ts";
import { type ClaudeTheme, gatheredTheme } from "./terminal.ts";

/** @returns the theme's name and what decided it, in one line */
export function describeTheme({ config, terminal, session, account }: Context, env: Environment): string {
  if (terminal.colors === 0) return `none: ${env.NO_COLOR ? "NO_COLOR is set" : "TERM is 'dumb'"}`;
  if (config.theme !== "auto")
    return theme(config.theme) ? `${config.theme}, as configured` : `terminal: '${config.theme}' is unknown`;
  const name = autoTheme(terminal);
  const depth = terminal.colors === 16 && name !== "terminal" ? " in 16 colours" : "";
  const known = gatheredTheme(session, account) ?? {};
  const { name: claude, isDefault } = known;
  const own = `Claude Code's theme ${describeClaudeTheme(known)}`;
  const hasTerminal = terminal.background !== "unknown" && Boolean(env.COLORFGBG);
  if (claude !== undefined && claude !== "auto" && !(isDefault && hasTerminal))
    return `${name}${depth}: ${own}${isDefault ? " by default" : ""}`;
  if (terminal.background === "unknown") return `${name}: ${own}, and COLORFGBG is missing or invalid`;
  return `${name}${depth}: ${terminal.background} background by COLORFGBG`;
}

/** @returns "is 'dark'", "is 'custom:mine' (base 'light')", "is not known" */
function describeClaudeTheme({ name, custom, baseIsInvalid }: ClaudeTheme): string {
  if (custom === undefined) return name === undefined ? "is not known" : `is '${name}'`;
  const own = `'custom:${tidy(custom)}'`;
  if (name === undefined) return `${own} is not known`;
  return baseIsInvalid ? `is ${own} (base invalid: '${name}')` : `is ${own} (base '${name}')`;
}
