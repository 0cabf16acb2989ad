/**
 * Comma-separated values (RFC 4180) that are safe to open in a spreadsheet.
 *
 * Following OWASP on CSV injection, an apostrophe precedes text that begins with `=`, `+`, `-` or `@` (also full-width,
 * also after spaces or quotes), so that a spreadsheet treats it as text; also after a comma or a semicolon, where a
 * spreadsheet may split cells. Invisible characters, tabs and line breaks are escaped, so that a row is a line. Numbers
 * are written as they are.
 */
import { printable } from "./characters.ts";

const FORMULA = /(^|[,;])(?=[\s"']*[=+\-@＝＋－＠])/gu;

/** @returns a row without a line break */
export const csvLine = (cells: readonly (string | number | boolean | null)[]): string =>
  cells.map((cell) => (typeof cell === "string" ? textCell(cell) : String(cell ?? ""))).join(",");

function textCell(raw: string): string {
  const text = printable(raw, raw.length).replace(FORMULA, "$1'");
  return /[",;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
