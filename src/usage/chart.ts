/** Charts of characters. */

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

/** A horizontal bar. @param part 0 to 1 */
export function bar(part: number, cells: number): string {
  const eighths = Math.round(Math.max(0, Math.min(1, part)) * cells * 8);
  const rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8] ?? "";
  return ("█".repeat(Math.floor(eighths / 8)) + rest).padEnd(cells);
}

/** For a heat map: nothing, then the quarters. */
export const SHADES = ["·", "░", "▒", "▓", "█"] as const;

/** @returns each value's shade, by rank among the values above zero: one outlier does not pale the others */
export function shades(values: readonly number[]): string[] {
  const ranked = values.filter((value) => value > 0).sort((a, b) => a - b);
  return values.map((value) => {
    if (value <= 0) return SHADES[0];
    const below = ranked.findIndex((each) => each >= value);
    return SHADES[1 + Math.min(3, Math.floor((below / ranked.length) * 4))] ?? SHADES[0];
  });
}
