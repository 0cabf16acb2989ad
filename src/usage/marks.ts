/** The marks of figures: `~`, `?` and `>`. Every view explains those that it has drawn, and no others. */

/** In the order of footnotes. */
const PATTERNS = {
  /** A count is a lower bound. */
  atLeast: /(?:^|\s)>\S/,
  /** A cost is an estimate. */
  estimated: /~\$/,
  /** A time is inferred; not `~/`, which is the home directory. */
  inferred: /(?:^|\s)~[\d<]/,
  /** A cost contains something without a known price. */
  unpriced: /\$\?|\d\+\?/,
} as const;

export type FigureMark = keyof typeof PATTERNS;

const SHORT: readonly (readonly [text: string, ...marks: FigureMark[]])[] = [
  ["> at least", "atLeast"],
  ["~ an estimate", "estimated", "inferred"],
  ["? a price is unknown", "unpriced"],
];

/** @param texts of figures, without colours */
export const isDrawn = (mark: FigureMark, texts: readonly string[]): boolean =>
  texts.some((text) => PATTERNS[mark].test(text));

/** @param lines as drawn @returns one line that explains the marks in them; undefined if they have none */
export function legend(lines: readonly string[]): string | undefined {
  const texts = lines.map((line) => Bun.stripANSI(line));
  const needed = SHORT.filter(([, ...marks]) => marks.some((mark) => isDrawn(mark, texts)));
  return needed.length === 0 ? undefined : needed.map(([text]) => text).join("; ");
}
