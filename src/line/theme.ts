/**
 * Themes: a colour for each role. Rows are drawn dim by the client, so the colours are stronger than they would be in
 * a theme for an editor.
 */
import { contrast, mix, nearest16, parseRgb, type Rgb, sgr, sgr16 } from "./color.ts";
import type { ColorDepth, Terminal } from "./context.ts";
import type { Level } from "./level.ts";
import type { Role } from "./segment.ts";

/** What a theme is made of. Roles without a colour take the terminal's own foreground. */
export interface Theme {
  readonly about: string;
  /** What it is legible on. */
  readonly background: "dark" | "light" | "any";
  readonly colors: Readonly<Partial<Record<Role, Rgb>>>;
}

/** Built one by one when asked for. */
const THEMES: Readonly<Record<string, () => Theme>> = {
  "harbor-dark": () => ({
    about: "calm blues and greens for a dark background",
    background: "dark",
    colors: {
      directory: 0x8fc7ff,
      branch: 0xd3b3ff,
      change: 0xf0cf85,
      link: 0x8fc7ff,
      model: 0x7fe0d8,
      context: 0x9fdd8f,
      cache: 0x9fd5e8,
      money: 0xf2cf7a,
      limit: 0xb8c9ff,
      time: 0xc3cad6,
      activity: 0xf5b3d4,
      session: 0xd9d2c4,
      muted: 0xb4bac4,
      good: 0x9fdd8f,
      warn: 0xffc94d,
      critical: 0xff9d94,
    },
  }),
  "harbor-light": () => ({
    about: "deep blues and greens for a light background",
    background: "light",
    colors: {
      directory: 0x003f7d,
      branch: 0x4b1f8c,
      change: 0x5c3b00,
      link: 0x003f7d,
      model: 0x00504c,
      context: 0x0d4f10,
      cache: 0x004a60,
      money: 0x573e00,
      limit: 0x25318f,
      time: 0x333b47,
      activity: 0x7a1250,
      session: 0x463c2b,
      muted: 0x3d434d,
      good: 0x0d4f10,
      warn: 0x6e3a00,
      critical: 0x8c0f0f,
    },
  }),
};

export const THEME_NAMES = (): string[] => Object.keys(THEMES);

/** @returns the theme of that name, or undefined */
export const theme = (name: string): Theme | undefined =>
  Object.hasOwn(THEMES, name) ? THEMES[name]?.() : undefined;

/**
 * The terminal's own 16 colours by role. Also what is used when the background is not known: only the terminal's owner
 * knows which colours are legible on it.
 */
const TERMINAL_COLORS: Readonly<Partial<Record<Role, number>>> = {
  directory: 4,
  branch: 5,
  change: 3,
  link: 4,
  model: 6,
  context: 2,
  cache: 6,
  money: 3,
  limit: 4,
  activity: 5,
  good: 2,
  warn: 3,
  critical: 1,
};

/** SGR parameters by role, for one terminal and one theme. Empty texts where there are no colours. */
export interface Palette {
  readonly depth: ColorDepth;
  fg(role: Role): string;
  /** The background of a block in powerline and capsule style. */
  bg(role: Role, level: Level): string;
  /** That background's colour as a foreground, for the joints. */
  edge(role: Role, level: Level): string;
  /** Text on that background. */
  on(role: Role, level: Level): string;
}

/** How much of a role's colour a block's background has; the rest is black or white. */
const BLOCK_SHARE = { dark: 0.38, light: 0.22 } as const;

/** Choose the theme and resolve colours for the terminal. Wrong names and colours are passed over: `config` tells. */
export function palette(
  name: string,
  overrides: Readonly<Record<string, string>>,
  terminal: Terminal,
): Palette {
  const { colors: depth, background } = terminal;
  const chosen = theme(name === "auto" ? `harbor-${background}` : name);
  const own = (role: Role): Rgb | undefined => {
    const given = overrides[role];
    return given === undefined ? undefined : parseRgb(given);
  };
  const terminals = chosen === undefined || depth === 16;
  const rgb = (role: Role): Rgb | undefined => own(role) ?? chosen?.colors[role];
  const ansi = (role: Role): number | undefined => {
    const given = own(role);
    return given === undefined ? TERMINAL_COLORS[role] : nearest16(given);
  };
  const paintRole = (role: Role, level: Level): Role => (level === "normal" ? role : level);
  const light = chosen?.background === "light";
  const blockRgb = (role: Role, level: Level): Rgb => {
    const color = rgb(paintRole(role, level)) ?? (light ? 0x333333 : 0xcccccc);
    const share = level === "normal" ? BLOCK_SHARE[light ? "light" : "dark"] : 1;
    return mix(color, light ? 0xffffff : 0x000000, share);
  };
  if (depth === 0) return { depth, fg: () => "", bg: () => "", edge: () => "", on: () => "" };
  if (terminals)
    return {
      depth,
      fg: (role) => {
        const given = own(role);
        if (given !== undefined && depth > 16) return sgr(given, depth, "fg");
        const index = ansi(role);
        return index === undefined ? "" : sgr16(index, "fg");
      },
      bg: (role, level) => sgr16(ansi(paintRole(role, level)) ?? 7, "bg"),
      edge: (role, level) => sgr16(ansi(paintRole(role, level)) ?? 7, "fg"),
      on: () => sgr16(0, "fg"),
    };
  return {
    depth,
    fg: (role) => {
      const color = rgb(role);
      return color === undefined ? "" : sgr(color, depth, "fg");
    },
    bg: (role, level) => sgr(blockRgb(role, level), depth, "bg"),
    edge: (role, level) => sgr(blockRgb(role, level), depth, "fg"),
    on: (role, level) => {
      const ground = blockRgb(role, level);
      return sgr(contrast(0xffffff, ground) >= contrast(0x000000, ground) ? 0xffffff : 0x000000, depth, "fg");
    },
  };
}
