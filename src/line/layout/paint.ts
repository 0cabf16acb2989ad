/** Runs of text with their colours → one row with escape codes: none is redundant, and a reset ends the row. */

/** `fg` and `bg` are SGR parameters; empty for the terminal's own. */
export interface TextRun {
  readonly text: string;
  readonly fg?: string;
  readonly bg?: string;
  readonly bold?: boolean;
  /** A cleaned web address. */
  readonly link?: string | undefined;
}

/** @returns plain text if there are neither colours, bold text nor links */
export function paint(runs: readonly TextRun[]): string {
  let row = "";
  let fg = "";
  let bg = "";
  let bold = false;
  let link = "";
  let colored = false;
  for (const run of runs) {
    if (run.text === "") continue;
    const codes: string[] = [];
    const [nextFg, nextBg, nextLink] = [run.fg ?? "", run.bg ?? "", run.link ?? ""];
    const nextBold = run.bold ?? false;
    // A space shows neither foreground nor weight: it needs no change of them.
    const isBlank = (nextFg !== fg || nextBold !== bold) && run.text.trim() === "";
    if (nextBold !== bold && !isBlank) {
      codes.push(nextBold ? "1" : "22");
      bold = nextBold;
    }
    if (nextFg !== fg && (!isBlank || nextBg !== bg)) {
      codes.push(nextFg === "" ? "39" : nextFg);
      fg = nextFg;
    }
    if (nextBg !== bg) {
      codes.push(nextBg === "" ? "49" : nextBg);
      bg = nextBg;
    }
    if (nextLink !== link) {
      row += `\x1b]8;;${nextLink}\x1b\\`;
      link = nextLink;
    }
    if (codes.length > 0) {
      row += `\x1b[${codes.join(";")}m`;
      colored = true;
    }
    row += run.text;
  }
  if (link !== "") row += "\x1b]8;;\x1b\\";
  return colored ? `${row}\x1b[0m` : row;
}
