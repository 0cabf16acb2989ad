/**
 * Comma-separated values (RFC 4180) that are safe to open in a spreadsheet.
 *
 * The rule, after OWASP's on CSV injection: where a text begins with `=`, `+`, `-` or `@` (also full-width, also after
 * blanks or quotes), an apostrophe is put before it, and a spreadsheet takes it for text. The same goes for what follows
 * a comma or a semicolon in a text, as a spreadsheet may divide cells there. Tabs, line breaks and everything else that
 * cannot be seen is written as an escape, so that a row is a line. Numbers are written as numbers, with their sign.
 */
import { printable } from "./characters.ts";

const FORMULA = /(^|[,;])(?=[\s"']*[=+\-@＝＋－＠])/gu;

/** @returns a line, without its end */
export const csvLine = (cells: readonly (string | number | boolean | null)[]): string =>
  cells.map((cell) => (typeof cell === "string" ? textCell(cell) : String(cell ?? ""))).join(",");

function textCell(raw: string): string {
  const text = printable(raw, raw.length).replace(FORMULA, "$1'");
  return /[",;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
