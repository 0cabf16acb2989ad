/** Charts of characters. */
import { bar } from "../line/look/bar.ts";
import type { Role } from "../line/segment.ts";

/** The colour of charts: figures of money have that of text in most themes. */
export const CHART_ROLE: Role = "context";

const EIGHTHS = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/**
 * A column chart.
 * @param cells the width of one column, including the gap after it
 * @returns lines, from top to bottom
 */
export function columnChart(values: readonly number[], height: number, cells: number): string[] {
  const most = Math.max(0, ...values);
  return Array.from({ length: height }, (_, row) => {
    const floor = height - 1 - row;
    return values
      .map((value) => {
        const eighths = most > 0 ? Math.ceil((value / most) * height * 8 - floor * 8) : 0;
        const glyph = EIGHTHS[Math.max(0, Math.min(8, eighths))] ?? " ";
        return cells === 1 ? glyph : `${glyph.repeat(cells - 1)} `;
      })
      .join("")
      .trimEnd();
  });
}

/**
 * A horizontal bar without its empty part; it does not touch one above it.
 * @param part 0 to 1
 * @param shape as for the line's bars
 */
export const filledBar = (part: number, cells: number, shape: string): string =>
  bar(part * 100, cells, shape).filled.replace("╾", "╸");

/** For a heat map: no usage, then the quarters. */
export const SHADES = ["·", "░", "▒", "▓", "█"] as const;

/**
 * @param values undefined without usage
 * @returns each value's shade, by rank among the values: one outlier does not pale the others
 */
export function shades(values: readonly (number | undefined)[]): string[] {
  const ranked = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  return values.map((value) => {
    if (value === undefined) return SHADES[0];
    const below = ranked.findIndex((each) => each >= value);
    return SHADES[1 + Math.min(3, Math.floor((below / ranked.length) * 4))] ?? SHADES[0];
  });
}
