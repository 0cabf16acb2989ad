/** Colours as parameters of SGR (ECMA-48, xterm), for the colour depth of the terminal. */
import type { ColorDepth } from "../context.ts";

/** 0xRRGGBB. */
export type Rgb = number;

/** @param text "#rrggbb" or "#rgb" */
export function parseRgb(text: string): Rgb | undefined {
  if (/^#[0-9a-f]{6}$/i.test(text)) return Number.parseInt(text.slice(1), 16);
  if (!/^#[0-9a-f]{3}$/i.test(text)) return undefined;
  const [, r, g, b] = text;
  return Number.parseInt(`${r}${r}${g}${g}${b}${b}`, 16);
}

export const channels = (color: Rgb): [red: number, green: number, blue: number] => [
  (color >> 16) & 255,
  (color >> 8) & 255,
  color & 255,
];

/** @param portion of `color`, 0 to 1; the rest is `other` */
export function mix(color: Rgb, other: Rgb, portion: number): Rgb {
  const [r1, g1, b1] = channels(color);
  const [r2, g2, b2] = channels(other);
  const between = (a: number, b: number) => Math.round(a * portion + b * (1 - portion));
  return (between(r1, r2) << 16) | (between(g1, g2) << 8) | between(b1, b2);
}

/** Move a colour away from grey. */
export function saturate(color: Rgb): Rgb {
  const [r, g, b] = channels(color);
  const grey = (r + g + b) / 3;
  const away = (channel: number) => Math.round(Math.max(0, Math.min(255, grey + (channel - grey) * 2.2)));
  return (away(r) << 16) | (away(g) << 8) | away(b);
}

/** WCAG 2 relative luminance, 0 to 1. */
export function luminance(color: Rgb): number {
  const linear = channels(color).map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (linear[0] as number) + 0.7152 * (linear[1] as number) + 0.0722 * (linear[2] as number);
}

/** WCAG 2 contrast of two colours, 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** @returns SGR parameters, empty where there are no colours */
export function sgr(color: Rgb, depth: ColorDepth, ground: "fg" | "bg"): string {
  if (depth === 0) return "";
  const base = ground === "fg" ? 38 : 48;
  if (depth === 16) return sgr16(nearest16(color), ground);
  if (depth === 256) return `${base};5;${nearest256(color)}`;
  return `${base};2;${(color >> 16) & 255};${(color >> 8) & 255};${color & 255}`;
}

/** @param index one of the terminal's own 16 colours */
export const sgr16 = (index: number, ground: "fg" | "bg"): string =>
  String((ground === "fg" ? 30 : 40) + (index < 8 ? index : index + 52));

/** The xterm colour cube's levels; its grey ramp runs from 8 to 238 in steps of 10. */
const CUBE = [0, 95, 135, 175, 215, 255];

function nearest256(color: Rgb): number {
  const [r, g, b] = channels(color);
  const level = (channel: number) => (channel < 48 ? 0 : channel < 115 ? 1 : Math.floor((channel - 35) / 40));
  const [lr, lg, lb] = [level(r), level(g), level(b)];
  const grey = Math.max(0, Math.min(23, Math.round(((r + g + b) / 3 - 8) / 10)));
  const greyLevel = 8 + 10 * grey;
  const distance = (x: number, y: number, z: number) => (x - r) ** 2 + (y - g) ** 2 + (z - b) ** 2;
  const cubeDistance = distance(CUBE[lr] as number, CUBE[lg] as number, CUBE[lb] as number);
  // A colour stays a colour, even if a grey is nearer.
  const colorful = (lr !== lg || lg !== lb) && Math.max(r, g, b) - Math.min(r, g, b) > 16;
  return !colorful && distance(greyLevel, greyLevel, greyLevel) < cubeDistance
    ? 232 + grey
    : 16 + 36 * lr + 6 * lg + lb;
}

/** By hue rather than distance: the 16 colours differ from terminal to terminal. */
export function nearest16(color: Rgb): number {
  const [r, g, b] = channels(color);
  const most = Math.max(r, g, b);
  const least = Math.min(r, g, b);
  if (most - least < 40) return most < 64 ? 0 : most < 144 ? 8 : most < 216 ? 7 : 15;
  const middle = (most + least) / 2;
  const index = (r > middle ? 1 : 0) | (g > middle ? 2 : 0) | (b > middle ? 4 : 0);
  return most > 192 ? index + 8 : index;
}
