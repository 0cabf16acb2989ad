/** What `plimsoll usage` prints before the first usage. */
import { existsSync } from "node:fs";
import { printable } from "../cli/characters.ts";
import { abbreviateHome } from "../line/segments/directory.ts";
import type { ReportContext } from "./report-context.ts";
import { wrap } from "./table.ts";

const MAX_FOLDERS = 3;

/** @returns at most six lines: what will happen, and where transcripts were looked for */
export function firstDayLines({ transcriptFolders, home, style }: ReportContext): string[] {
  const { colors, width } = style();
  const shown = transcriptFolders.slice(0, MAX_FOLDERS).map((path) => {
    const state = existsSync(path) ? "no usage in it" : "does not exist yet";
    return `  ${printable(abbreviateHome(path, home))}  ${colors.dim(state)}`;
  });
  const more = transcriptFolders.length - shown.length;
  return [
    ...wrap("No usage yet. Start `claude`, and its usage appears here.", width),
    colors.dim(`Looked in:${more > 0 ? ` (and ${more} more)` : ""}`),
    ...shown,
  ];
}
