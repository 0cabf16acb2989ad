/** Charts of characters. */
import { type Bar, bar } from "../line/look/bar.ts";

/** That of the line by default. */
const BAR_SHAPE = "line";
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

/** A horizontal bar without its empty part; it does not touch one above it. @param part 0 to 1 */
export const filledBar = (part: number, cells: number): string =>
  bar(part * 100, cells, BAR_SHAPE).filled.replace("╾", "╸");

/** Of how far something is. @param part 0 to 1 @returns its two parts, without colours */
export const progressBar = (part: number, cells: number): Bar => bar(part * 100, cells, BAR_SHAPE);

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
