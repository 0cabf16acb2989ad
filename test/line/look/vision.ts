/** How colours look: their difference, also to colour-blind eyes, and the colours of a drawn row. */
import { channels, type Rgb } from "../../../src/line/look/color.ts";

/** Seen without one kind of cone: Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB. */
const EYES = {
  normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
} as const;

export type Eyes = keyof typeof EYES;

/** CIE L*a*b* of a colour (sRGB, D65). */
function lab(color: Rgb, matrix: readonly number[]): [number, number, number] {
  const linear = channels(color).map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const at = (row: number) => {
    const sum = linear.reduce(
      (total, part, column) => total + part * (matrix[row * 3 + column] as number),
      0,
    );
    return Math.max(0, Math.min(1, sum));
  };
  const [r, g, b] = [at(0), at(1), at(2)];
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** @returns CIE76 dE: 2 is just noticeable, and 25 is another colour at a glance */
export function difference(one: Rgb, other: Rgb, eyes: Eyes = "normal"): number {
  const [a, b] = [lab(one, EYES[eyes]), lab(other, EYES[eyes])];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** One of the 256 colours of xterm, from 16 on. */
function xterm(index: number): Rgb {
  const cube = (level: number) => (level === 0 ? 0 : 55 + 40 * level);
  if (index >= 232) return (8 + 10 * (index - 232)) * 0x010101;
  const at = index - 16;
  return (cube(Math.floor(at / 36)) << 16) | (cube(Math.floor(at / 6) % 6) << 8) | cube(at % 6);
}

/** The colour that SGR parameters set, in 24 bits or 256 colours; undefined for the terminal's own. */
export function colorOf(sgr: string): Rgb | undefined {
  const [, kind, ...rest] = sgr.split(";").map(Number);
  const [r = 0, g = 0, b = 0] = rest;
  return kind === 5 ? xterm(r) : kind === 2 ? (r << 16) | (g << 8) | b : undefined;
}

/** Text of a row in one look; colours are SGR parameters, empty for the terminal's own. */
export interface DrawnRun {
  readonly text: string;
  readonly fg: string;
  readonly bg: string;
  readonly bold: boolean;
}

/**
 * The runs of a drawn row that are more than space.
 * @throws for a parameter that the line does not use
 */
export function drawnRuns(row: string): DrawnRun[] {
  const runs: DrawnRun[] = [];
  let look = { fg: "", bg: "", bold: false };
  for (const part of row.split(/(\x1b\[[\d;]*m)/)) {
    const codes = /^\x1b\[([\d;]*)m$/.exec(part)?.[1];
    if (codes !== undefined) look = changed(look, codes);
    else if (part.trim() !== "") runs.push({ text: part.trim(), ...look });
  }
  if (look.fg !== "" || look.bg !== "" || look.bold) throw new Error(`row without a reset: ${row}`);
  return runs;
}

function changed(look: Omit<DrawnRun, "text">, codes: string): Omit<DrawnRun, "text"> {
  const { fg, bg, bold } = look;
  const next = { fg, bg, bold };
  for (const code of codes.match(/[34]8;(?:5;\d+|2;\d+;\d+;\d+)|\d+/g) ?? []) {
    const kind = Number.parseInt(code, 10);
    if (kind === 0) Object.assign(next, { fg: "", bg: "", bold: false });
    else if (kind === 1 || kind === 22) next.bold = kind === 1;
    else if (kind === 39) next.fg = "";
    else if (kind === 49) next.bg = "";
    else if ((kind >= 30 && kind <= 38) || (kind >= 90 && kind <= 97)) next.fg = code;
    else if ((kind >= 40 && kind <= 48) || (kind >= 100 && kind <= 107)) next.bg = code;
    else throw new Error(`unexpected SGR ${code}`);
  }
  return next;
}
