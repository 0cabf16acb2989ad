/** Bars: how full something is. Every sign takes one cell in every terminal. */

import type { Config } from "../../config/config.ts";
import type { Terminal } from "../context.ts";

interface BarShape {
  readonly full: string;
  readonly empty: string;
  /** Partly full cells, emptiest first. */
  readonly steps?: readonly string[];
}

const SHAPES = {
  line: { full: "━", empty: "─", steps: ["╾"] },
  slant: { full: "▰", empty: "▱" },
  block: { full: "█", empty: "░" },
  smooth: { full: "█", empty: " ", steps: ["▏", "▎", "▍", "▌", "▋", "▊", "▉"] },
  box: { full: "▮", empty: "▯" },
  braille: { full: "⣿", empty: "⣀", steps: ["⣄", "⣤", "⣦", "⣶", "⣷"] },
  ascii: { full: "#", empty: "-" },
} as const satisfies Record<string, BarShape>;

export const BAR_SHAPES = Object.keys(SHAPES) as (keyof typeof SHAPES)[];

/** The values of the setting: "auto" is "slant" where the signs of "line" may take two cells, else "line". */
export const BAR_CHOICES = ["auto", ...BAR_SHAPES] as const;

export interface Bar {
  readonly filled: string;
  readonly rest: string;
}

/** The configured shape, or what "auto" resolves to in this terminal; "ascii" with that icon set. */
export function barShape({ icons, bar }: Config, { ambiguousIsWide }: Terminal): string {
  if (icons === "ascii") return "ascii";
  if (bar.shape !== "auto") return bar.shape;
  return ambiguousIsWide || icons === "narrow" ? "slant" : "line";
}

/**
 * Draw a bar. More than 0 never looks empty, and less than 100 never looks full.
 * @param percent clamped to 0 to 100
 * @param cells the length of the bar
 */
export function bar(percent: number, cells: number, shape: string): Bar {
  const { full, empty, steps }: BarShape = Object.hasOwn(SHAPES, shape)
    ? SHAPES[shape as keyof typeof SHAPES]
    : SHAPES.line;
  const size = Math.max(0, Math.min(100, Math.floor(cells)));
  const portion = Math.max(0, Math.min(1, percent / 100 || 0));
  const parts = (steps?.length ?? 0) + 1;
  let done = Math.round(portion * size * parts);
  if (portion > 0 && done === 0) done = 1;
  if (portion < 1 && done === size * parts) done -= 1;
  if (size === 0) done = 0;
  const whole = Math.floor(done / parts);
  const step = done % parts === 0 ? "" : (steps?.[(done % parts) - 1] ?? "");
  return {
    filled: full.repeat(whole) + step,
    rest: empty.repeat(size - whole - (step === "" ? 0 : 1)),
  };
}
