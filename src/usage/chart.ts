/** Bars and heat maps out of characters. */

const EIGHTHS = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/**
 * Values as columns standing side by side.
 * @param cells how wide one column is, the gap after it included
 * @returns lines, the highest first
 */
export function columns(values: readonly number[], height: number, cells: number): string[] {
  const most = Math.max(0, ...values);
  return Array.from({ length: height }, (_, row) => {
    const floor = height - 1 - row;
    return values
      .map((value) => {
        const eighths = most > 0 ? Math.ceil((value / most) * height * 8 - floor * 8) : 0;
        const glyph = EIGHTHS[Math.max(0, Math.min(8, eighths))] as string;
        return cells === 1 ? glyph : `${glyph.repeat(cells - 1)} `;
      })
      .join("")
      .trimEnd();
  });
}

/** A bar that lies: so much of so many cells. */
export function bar(part: number, cells: number): string {
  const eighths = Math.round(Math.max(0, Math.min(1, part)) * cells * 8);
  const rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8] as string;
  return ("█".repeat(Math.floor(eighths / 8)) + rest).padEnd(cells);
}

/** How dark a day is: nothing, then quarters of the days that have something. */
export const SHADES = ["·", "░", "▒", "▓", "█"] as const;

/** @returns for each value its shade, 0 to 4, by rank among those above zero: one dear day does not pale the others */
export function shades(values: readonly number[]): number[] {
  const ranked = values.filter((value) => value > 0).sort((a, b) => a - b);
  return values.map((value) => {
    if (value <= 0) return 0;
    const below = ranked.findIndex((each) => each >= value);
    return 1 + Math.min(3, Math.floor((below / ranked.length) * 4));
  });
}
