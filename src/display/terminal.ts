/**
 * The terminal, from the environment and Claude Code's theme. Claude Code gives the command sockets instead of a TTY, sets
 * COLUMNS and LINES, and passes on the variables that the terminal set.
 */

import type { ColorDepth, Terminal } from "../line/context.ts";
import type { Environment } from "../os/environment.ts";
import type { AccountState, SessionState } from "../state/scopes.ts";

/** Cells of a row that the client reserves, measured in Claude Code 2.1.330. */
const CLIENT_CELLS = 4;
const ASSUMED_COLUMNS = 80;
const MAX_COLUMNS = 4096;

/** Claude Code's theme. */
export interface ClaudeTheme {
  /** One of the client's own; missing when it is not known. */
  readonly name?: string;
  /** The user's own theme that is based on it. */
  readonly custom?: string;
  /** Its base is invalid; `name` is the client's default. */
  readonly baseIsInvalid?: boolean;
  /** The client's default, without a setting. */
  readonly isDefault?: boolean;
}

/** The theme that a pass found; that of the project's settings ranks first. */
export function gatheredTheme(
  session: SessionState | undefined,
  account: AccountState | undefined,
): ClaudeTheme | undefined {
  return session?.projectTheme ?? account?.parts.theme?.value ?? undefined;
}

/**
 * @param padding `statusLine.padding` of the client's settings, applied on both sides
 * @param margin cells to leave free at the right edge
 * @param theme Claude Code's; undefined when it is not known
 */
export function readTerminal(
  env: Environment,
  { padding, margin }: { padding: number; margin: number },
  theme?: ClaudeTheme,
): Terminal {
  const columns = positive(env.COLUMNS) ?? ASSUMED_COLUMNS;
  return {
    cells: Math.max(1, Math.min(columns, MAX_COLUMNS) - CLIENT_CELLS - 2 * padding - margin),
    rows: positive(env.LINES),
    colors: colorDepth(env),
    links: understandsLinks(env),
    ambiguousIsWide: isCjk(env.LC_ALL || env.LC_CTYPE || env.LANG || ""),
    ...ground(colorBackground(env), theme),
  };
}

/** Chinese, Japanese and Korean, as locale(7) names them: "ja_JP.UTF-8". */
function isCjk(locale: string): boolean {
  const language = locale.slice(0, 2);
  const end = locale[2];
  return (
    (language === "zh" || language === "ja" || language === "ko") &&
    (end === undefined || end === "_" || end === "." || end === "@" || end === "-")
  );
}

function positive(text: string | undefined): number | undefined {
  const number = Number(text);
  return text !== undefined && Number.isInteger(number) && number > 0 ? number : undefined;
}

/** https://no-color.org; COLORTERM as terminals set it; TERM as terminfo(5) names entries. */
function colorDepth(env: Environment): ColorDepth {
  const term = env.TERM ?? "";
  if (env.NO_COLOR || term === "dumb") return 0;
  const promised = env.COLORTERM?.toLowerCase();
  if (promised === "truecolor" || promised === "24bit" || term.endsWith("-direct")) return 16_777_216;
  return term.includes("256color") ? 256 : 16;
}

const LINKING_PROGRAMS = ["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "rio", "Tabby"];
const LINKING_TERMS = ["xterm-kitty", "xterm-ghostty", "alacritty", "foot", "foot-direct", "wezterm"];

/** Whether the terminal is known to support OSC 8. Inside a multiplexer the outer terminal is not known. */
function understandsLinks(env: Environment): boolean {
  const forced = env.FORCE_HYPERLINK;
  if (forced !== undefined) return forced !== "" && forced !== "0";
  const term = env.TERM ?? "";
  if (env.TMUX || env.STY || term.startsWith("screen") || term.startsWith("tmux")) return false;
  if (LINKING_PROGRAMS.includes(env.TERM_PROGRAM ?? "") || LINKING_TERMS.includes(term)) return true;
  return Boolean(env.WT_SESSION) || Boolean(env.KONSOLE_VERSION) || (positive(env.VTE_VERSION) ?? 0) >= 5000;
}

type Ground = Pick<Terminal, "background" | "autoTheme">;

/** A theme that the user chose in Claude Code gives the background; its default only if COLORFGBG does not. */
function ground(known: Terminal["background"], theme: ClaudeTheme | undefined): Ground {
  const name = theme?.name;
  if (name === undefined || (theme?.isDefault && known !== "unknown")) return { background: known };
  const background = name.startsWith("dark") ? "dark" : name.startsWith("light") ? "light" : known;
  if (name.endsWith("-daltonized") && background !== "unknown")
    return { background, autoTheme: `clear-${background}` };
  return name.endsWith("-ansi") ? { background, autoTheme: "terminal" } : { background };
}

/** COLORFGBG is "foreground;background" or "foreground;default;background", in the 16 colours of the palette. */
function colorBackground(env: Environment): Terminal["background"] {
  const colors = env.COLORFGBG ?? "";
  const color = Number(colors.slice(colors.lastIndexOf(";") + 1) || Number.NaN);
  if (!Number.isInteger(color)) return "unknown";
  return color === 7 || (color >= 9 && color <= 15) ? "light" : "dark";
}
