/** Text in columns on this terminal: its width, its colours, cells that hold escape codes. */

/** How to write for the reader of stdout. */
export interface TextStyle {
  /** Cells of a line; Infinity when stdout is not a terminal. */
  readonly width: number;
  /** Segments keep the colours of the line. */
  readonly colored: boolean;
  /** The colours of picocolors, or none. */
  readonly paint: ReturnType<typeof import("picocolors").createColors>;
}

/** Narrower terminals get the lines of one of this width. Cells. */
const NARROWEST = 20;

/** @returns the style of stdout: colours on a terminal that has them, unless NO_COLOR is set */
export async function textStyle(): Promise<TextStyle> {
  const { createColors } = await import("picocolors");
  const terminal = process.stdout.isTTY;
  const colored = terminal && !process.env.NO_COLOR && process.env.TERM !== "dumb";
  return {
    width: terminal ? Math.max(NARROWEST, process.stdout.columns || Infinity) : Infinity,
    colored,
    paint: createColors(colored),
  };
}

/** @returns the text, padded with spaces; escape codes take no cells */
export const padCells = (text: string, cells: number): string =>
  text + " ".repeat(Math.max(0, cells - Bun.stringWidth(text)));

/** @returns the text, cut at its end; escape codes take no cells */
export const cutCells = (text: string, cells: number): string =>
  Bun.stringWidth(text) <= cells ? text : `${Bun.sliceAnsi(text, 0, Math.max(0, cells - 1))}…`;

/** @returns lines of at most `cells`, broken at spaces, and within words that are wider: paths */
export const foldCells = (text: string, cells: number): string[] =>
  Bun.wrapAnsi(text, Math.max(1, cells), { hard: true }).split("\n");
