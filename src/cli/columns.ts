/** Text for terminals: wrapping, and tables of two columns. */

const INDENT = "  ";
/** With fewer cells for the second column it is not wrapped. */
const NARROW = 20;

/** @returns the terminal's width in cells; Infinity without a terminal */
export const terminalWidth = (): number => (process.stdout.isTTY && process.stdout.columns) || Infinity;

/** @returns lines of at most `room` cells, broken at spaces; a word that is wider has a line of its own */
export const wrap = (text: string, room: number): string[] =>
  Bun.wrapAnsi(text, Math.max(1, room)).split("\n");

/**
 * @param least cells of the first column at least
 * @returns the rows as an indented table whose second column is wrapped
 */
export function columns(rows: readonly (readonly [string, string])[], room: number, least = 0): string {
  const width = Math.max(least, ...rows.map(([left]) => left.length));
  const second = INDENT.length + width + 2;
  const lines = rows.map(([left, right]) => {
    const wrapped = wrap(right, room - second < NARROW ? Infinity : room - second);
    return `${INDENT}${left.padEnd(width)}  ${wrapped.join(`\n${" ".repeat(second)}`)}`;
  });
  return lines.join("\n");
}

/** Wrap paragraphs that have a line longer than `room`. Indented lines are examples: their paragraphs are kept. */
export function paragraphs(text: string, room: number): string {
  return text
    .split("\n\n")
    .map((paragraph) => {
      const lines = paragraph.split("\n");
      if (lines.every((line) => line.length <= room) || lines.some((line) => line.startsWith(" ")))
        return paragraph;
      return wrap(lines.join(" "), room).join("\n");
    })
    .join("\n\n");
}
