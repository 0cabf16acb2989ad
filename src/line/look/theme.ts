/** Theme and terminal → colours by role. A colour is resolved when it is used. */

import type { ColorDepth, Terminal } from "../context.ts";
import type { Level } from "../level.ts";
import type { Role } from "../segment.ts";
import { contrast, mix, nearest16, parseRgb, type Rgb, saturate, sgr, sgr16 } from "./color.ts";
import { THEMES, type Theme } from "./themes.ts";

/** Where a role that a theme leaves out takes its colour from. */
const SAME_AS: readonly (readonly [Role, Role])[] = [
  ["link", "directory"],
  ["good", "context"],
  ["money", "time"],
  ["cache", "model"],
];

/** @returns the theme of that name with all its colours, or undefined */
export function theme(name: string): Theme | undefined {
  const found = Object.hasOwn(THEMES, name) ? THEMES[name]?.() : undefined;
  if (!found) return undefined;
  const colors: Partial<Record<Role, Rgb>> = { ...found.colors };
  for (const [role, other] of SAME_AS) {
    const color = colors[role] ?? colors[other];
    if (color !== undefined) colors[role] = color;
  }
  return { ...found, colors };
}

/**
 * The name of the theme that "auto" resolves to in a terminal: the default one for the background if that is known, else
 * the terminal's own colours, because only the terminal's owner knows which of them are legible there.
 */
export const autoTheme = ({
  autoTheme: own,
  background,
}: Pick<Terminal, "autoTheme" | "background">): string =>
  own ?? (background === "unknown" ? "terminal" : `harbor-${background}`);

/** The theme of a name in a terminal; the terminal's own colours for an unknown name. */
export function chooseTheme(name: string, terminal: Pick<Terminal, "autoTheme" | "background">): Theme {
  return theme(name === "auto" ? autoTheme(terminal) : name) ?? (theme("terminal") as Theme);
}

/**
 * The terminal's own 16 colours by role. Text, times and muted spans take none: Claude Code 2.1.330 draws text without
 * a colour in a grey for the background that its user set.
 */
const TERMINAL_COLORS: Readonly<Partial<Record<Role, number>>> = {
  directory: 4,
  branch: 5,
  change: 6,
  link: 4,
  model: 6,
  context: 2,
  cache: 6,
  limit: 4,
  activity: 5,
  good: 2,
  warn: 3,
  critical: 1,
};

/** SGR parameters by role, for one terminal and one theme; empty where there are no colours. */
export interface Palette {
  readonly depth: ColorDepth;
  fg(role: Role): string;
  /** The background of a block in powerline and capsule style. */
  bg(role: Role, level: Level): string;
  /** That background's colour as a foreground, for the ends of blocks. */
  edge(role: Role, level: Level): string;
  /** Text on that background. */
  on(role: Role, level: Level): string;
}

/** The share of a role's colour in a block's background; the rest is black or white. */
const BLOCK_SHARE = { dark: 0.42, light: 0.22 } as const;

/**
 * @param name the theme's
 * @param overrides colours by role, "#rrggbb"; invalid ones are skipped
 */
export function palette(
  name: string,
  overrides: Readonly<Record<string, string>>,
  terminal: Terminal,
): Palette {
  const depth = terminal.colors;
  if (depth === 0) return { depth, fg: () => "", bg: () => "", edge: () => "", on: () => "" };
  const theme = chooseTheme(name, terminal);
  const own = (role: Role): Rgb | undefined => {
    const given = overrides[role];
    return typeof given === "string" ? parseRgb(given) : undefined;
  };
  return theme.background === "any" || depth === 16
    ? terminalPalette(depth, own)
    : themePalette(depth, theme.background === "light", (role) => own(role) ?? theme.colors[role]);
}

type ColorOf = (role: Role) => Rgb | undefined;

/** A level has its own colour. */
const shown = (role: Role, level: Level): Role => (level === "normal" ? role : level);

function themePalette(depth: ColorDepth, light: boolean, colorOf: ColorOf): Palette {
  const ground = (role: Role, level: Level): Rgb => {
    const color = colorOf(shown(role, level)) ?? (light ? 0x333333 : 0xcccccc);
    if (level !== "normal") return color;
    const block = mix(color, light ? 0xffffff : 0x000000, BLOCK_SHARE[light ? "light" : "dark"]);
    // Few of the 256 colours are dark or pale: without this all would be greys.
    return depth === 256 ? saturate(block) : block;
  };
  return {
    depth,
    fg: (role) => {
      const color = colorOf(role);
      return color === undefined ? "" : sgr(color, depth, "fg");
    },
    bg: (role, level) => sgr(ground(role, level), depth, "bg"),
    edge: (role, level) => sgr(ground(role, level), depth, "fg"),
    on: (role, level) => {
      const behind = ground(role, level);
      return sgr(contrast(0xffffff, behind) >= contrast(0x000000, behind) ? 0xffffff : 0x000000, depth, "fg");
    },
  };
}

const BLACK = 0;
const WHITE = 7;
/** From a colour to its bright variant, on which black is legible in any palette. */
const BRIGHT = 8;

function terminalPalette(depth: ColorDepth, own: ColorOf): Palette {
  const index = (role: Role): number | undefined => {
    const given = own(role);
    return given === undefined ? TERMINAL_COLORS[role] : nearest16(given);
  };
  const ground = (role: Role, level: Level): number => {
    const color = index(shown(role, level)) ?? WHITE;
    return color < WHITE ? color + BRIGHT : color;
  };
  return {
    depth,
    fg: (role) => {
      const given = own(role);
      if (given !== undefined && depth > 16) return sgr(given, depth, "fg");
      const color = index(role);
      return color === undefined ? "" : sgr16(color, "fg");
    },
    bg: (role, level) => sgr16(ground(role, level), "bg"),
    edge: (role, level) => sgr16(ground(role, level), "fg"),
    on: () => sgr16(BLACK, "fg"),
  };
}
