/** Colours of reports: those of the line's theme on a terminal, none elsewhere. */
import type { Palette } from "../line/look/theme.ts";
import type { Role } from "../line/segment.ts";

export interface ReportColors {
  /** For what matters less than the figures. */
  dim(text: string): string;
  bold(text: string): string;
  /** In the theme's colour for a role. */
  paint(role: Role, text: string): string;
}

/** For pipes, files, NO_COLOR and dumb terminals. */
export const NO_COLORS: ReportColors = { dim: String, bold: String, paint: (_, text) => text };

const FAINT = "2";

/** @returns colours for a terminal; none for a palette without colours */
export function themeColors(palette: Palette): ReportColors {
  if (palette.depth === 0) return NO_COLORS;
  const paint = (sgr: string, text: string) =>
    sgr === "" || text === "" ? text : `\x1b[${sgr}m${text}\x1b[39m`;
  return {
    // The terminal's own colours have none for this.
    dim: (text) =>
      palette.fg("muted") === "" ? `\x1b[${FAINT}m${text}\x1b[22m` : paint(palette.fg("muted"), text),
    bold: (text) => `\x1b[1m${text}\x1b[22m`,
    paint: (role, text) => paint(palette.fg(role), text),
  };
}
