/**
 * The themes: a colour for each role, legible on their background even where it is drawn dim. test/line/theme.test.ts
 * computes the contrast, and for the "clear" ones that colour-blind readers can tell the levels apart.
 */

import type { Role } from "../segment.ts";
import type { Rgb } from "./color.ts";

/** What a theme is made of. A role without a colour takes the terminal's own foreground. */
export interface Theme {
  readonly about: string;
  /** What it is legible on. "any": the terminal's own 16 colours. */
  readonly background: "dark" | "light" | "any";
  readonly colors: Readonly<Partial<Record<Role, Rgb>>>;
}

/** Built one by one, when asked for: a render needs one at most. */
const THEMES: Readonly<Record<string, () => Theme>> = {
  "harbor-dark": () => ({
    about: "calm blues and greens",
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
      muted: 0xa4aab4,
      good: 0x9fdd8f,
      warn: 0xffc94d,
      critical: 0xff9d94,
    },
  }),
  "harbor-light": () => ({
    about: "deep blues and greens",
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
  "fjord-dark": () => ({
    about: "cool greys and ice",
    background: "dark",
    colors: {
      directory: 0x88c0d0,
      branch: 0xbd9cb7,
      change: 0xebcb8b,
      link: 0x8ba9c6,
      model: 0x8fbcbb,
      context: 0xa3be8c,
      cache: 0x8ba9c6,
      money: 0xebcb8b,
      limit: 0xb0bfe0,
      time: 0xd8dee9,
      activity: 0xd0a0c0,
      session: 0xc8d0e0,
      muted: 0x9aa5b8,
      good: 0xa3be8c,
      warn: 0xf0b870,
      critical: 0xef8a93,
    },
  }),
  "ember-dark": () => ({
    about: "warm browns and embers",
    background: "dark",
    colors: {
      directory: 0x8dada1,
      branch: 0xd893a6,
      change: 0xfabd2f,
      link: 0x8dada1,
      model: 0x8ec07c,
      context: 0xb8bb26,
      cache: 0x8ec07c,
      money: 0xfabd2f,
      limit: 0xd5c4a1,
      time: 0xd5c4a1,
      activity: 0xe8a0b0,
      session: 0xebdbb2,
      muted: 0xa89984,
      good: 0xb8bb26,
      warn: 0xfe9a4d,
      critical: 0xfb8574,
    },
  }),
  "orchid-dark": () => ({
    about: "pastels with a violet cast",
    background: "dark",
    colors: {
      directory: 0x89b4fa,
      branch: 0xcba6f7,
      change: 0xf9e2af,
      link: 0x89b4fa,
      model: 0x94e2d5,
      context: 0xa6e3a1,
      cache: 0x89dceb,
      money: 0xf9e2af,
      limit: 0xb4befe,
      time: 0xcdd6f4,
      activity: 0xf5c2e7,
      session: 0xf2cdcd,
      muted: 0xa6adc8,
      good: 0xa6e3a1,
      warn: 0xfab387,
      critical: 0xf38ba8,
    },
  }),
  "contrast-dark": () => ({
    about: "few colours, as strong as they can be",
    background: "dark",
    colors: {
      directory: 0xffffff,
      branch: 0xffffff,
      change: 0xffe14d,
      link: 0x9fd0ff,
      model: 0xffffff,
      context: 0x7dff9c,
      cache: 0xffffff,
      money: 0xffe14d,
      limit: 0xffffff,
      time: 0xffffff,
      activity: 0xffffff,
      session: 0xffffff,
      muted: 0xd0d0d0,
      good: 0x7dff9c,
      warn: 0xffd000,
      critical: 0xff9a9a,
    },
  }),
  "paper-light": () => ({
    about: "ink on cream",
    background: "light",
    colors: {
      directory: 0x1f4e79,
      branch: 0x5b2a86,
      change: 0x6b4200,
      link: 0x1f4e79,
      model: 0x0e5851,
      context: 0x2b5518,
      cache: 0x145568,
      money: 0x6b4200,
      limit: 0x3a3f8f,
      time: 0x44403a,
      activity: 0x87205c,
      session: 0x4d4536,
      muted: 0x57534a,
      good: 0x2b5518,
      warn: 0x764000,
      critical: 0x9b1c1c,
    },
  }),
  "dawn-light": () => ({
    about: "rose and slate",
    background: "light",
    colors: {
      directory: 0x1f5266,
      branch: 0x594174,
      change: 0x68440c,
      link: 0x1f5266,
      model: 0x24534f,
      context: 0x2d5338,
      cache: 0x235163,
      money: 0x68440c,
      limit: 0x42467f,
      time: 0x4a4667,
      activity: 0x7e3650,
      session: 0x4d4657,
      muted: 0x645f79,
      good: 0x2d5338,
      warn: 0x7c3d00,
      critical: 0xa02644,
    },
  }),
  "contrast-light": () => ({
    about: "few colours, as strong as they can be",
    background: "light",
    colors: {
      directory: 0x000000,
      branch: 0x000000,
      change: 0x553300,
      link: 0x002f6c,
      model: 0x000000,
      context: 0x003c0a,
      cache: 0x000000,
      money: 0x553300,
      limit: 0x000000,
      time: 0x000000,
      activity: 0x000000,
      session: 0x000000,
      muted: 0x303030,
      good: 0x003c0a,
      warn: 0x5c2c00,
      critical: 0x7c0000,
    },
  }),
  "clear-dark": () => ({
    about: "for colour-blind readers: blue, yellow and orange, of different lightness",
    background: "dark",
    colors: {
      directory: 0x8ecbff,
      branch: 0xd7c8ff,
      change: 0xf3e48c,
      link: 0x8ecbff,
      model: 0x9fe0ff,
      context: 0x7fc4ff,
      cache: 0x9fe0ff,
      money: 0xf3e48c,
      limit: 0xb5d8ff,
      time: 0xd0d4da,
      activity: 0xe8c7f0,
      session: 0xdad6cc,
      muted: 0xa8aeb8,
      good: 0x6fb8ff,
      warn: 0xfff07a,
      critical: 0xff8c42,
    },
  }),
  "clear-light": () => ({
    about: "for colour-blind readers: blue, vermilion and plum, of different lightness",
    background: "light",
    colors: {
      directory: 0x003a75,
      branch: 0x3f2a7d,
      change: 0x5a4300,
      link: 0x003a75,
      model: 0x00426b,
      context: 0x00489c,
      cache: 0x00426b,
      money: 0x5a4300,
      limit: 0x1d3a80,
      time: 0x3a3f47,
      activity: 0x5a2a70,
      session: 0x47423a,
      muted: 0x474c55,
      good: 0x0033cc,
      warn: 0x992600,
      critical: 0x4c0039,
    },
  }),
  terminal: () => ({
    about: "the terminal's own 16 colours, which its owner chose",
    background: "any",
    colors: {},
  }),
};

/** The names of all themes, in the order of the documentation. */
export const themeNames = (): string[] => Object.keys(THEMES);

/** @returns the theme of that name, or undefined */
export const theme = (name: string): Theme | undefined =>
  Object.hasOwn(THEMES, name) ? THEMES[name]?.() : undefined;

/**
 * The theme that a name stands for on a background. "auto" is the default theme for the background where that is known,
 * else the terminal's own colours: only the terminal's owner knows which ones are legible there.
 */
export function chooseTheme(name: string, background: "dark" | "light" | "unknown"): Theme {
  const wanted = name !== "auto" ? name : background === "unknown" ? "terminal" : `harbor-${background}`;
  return theme(wanted) ?? (theme("terminal") as Theme);
}
