/** Drawing a row on the background that its theme is made for, for previews in a terminal with another one. */

import type { Terminal } from "../context.ts";
import { cells } from "../layout/cells.ts";
import { type Rgb, sgr } from "./color.ts";
import { chooseTheme } from "./theme.ts";

/** Background and plain text of a common dark and a common light terminal. */
const GROUNDS: Readonly<Record<"dark" | "light", { readonly bg: Rgb; readonly fg: Rgb }>> = {
  dark: { bg: 0x1e1e1e, fg: 0xe0e0e0 },
  light: { bg: 0xfafafa, fg: 0x202020 },
};

/**
 * Paint the theme's background behind a drawn row, to the terminal's width. A theme for the terminal's own background,
 * and one of the terminal's own colours, need none.
 * @param row as `renderLine` returns it
 * @param name the theme's, as configured
 * @returns the row unchanged if it needs no background, or the terminal has fewer than 256 colours
 */
export function onGround(row: string, name: string, terminal: Terminal): string {
  const { colors: depth, background } = terminal;
  if (depth < 256) return row;
  const { background: wanted } = chooseTheme(name, terminal);
  if (wanted === "any" || wanted === background) return row;
  const ground = GROUNDS[wanted];
  const fg = sgr(ground.fg, depth, "fg");
  const bg = sgr(ground.bg, depth, "bg");
  const room = Math.max(0, terminal.cells - cells(Bun.stripANSI(row)));
  const [start = "", ...colored] = row.split("\x1b[");
  const painted = [start, ...colored.map((text) => replaced(text, fg, bg))].join("\x1b[");
  return `\x1b[${fg};${bg}m${painted}\x1b[${fg};${bg}m${" ".repeat(room)}\x1b[0m`;
}

/**
 * The ground's colours for the terminal's own.
 * @param text what follows "ESC [" up to the next: the parameters of SGR, "m", and text
 */
function replaced(text: string, fg: string, bg: string): string {
  const end = text.indexOf("m");
  const given = text.slice(0, end).split(";");
  const codes: string[] = [];
  for (let index = 0; index < given.length; index++) {
    const code = given[index] as string;
    if (code === "38" || code === "48") {
      const length = given[index + 1] === "2" ? 5 : 3;
      codes.push(...given.slice(index, index + length));
      index += length - 1;
    } else if (code === "0" || code === "") codes.push("0", fg, bg);
    else codes.push(code === "39" ? fg : code === "49" ? bg : code);
  }
  return codes.join(";") + text.slice(end);
}
