/** What `setup` shows: the change, the line as it will look, warnings, and what to paste by hand. */

import { printable } from "../../cli/characters.ts";
import { CommandError } from "../../cli/errors.ts";
import { printLine, reportError } from "../../cli/output.ts";
import { applyOptions, type Change, type Kept, type SetupOptions } from "../../setup/change.ts";
import { type DiffLine, diffLines } from "../../setup/diff.ts";
import type { Target } from "../../setup/target.ts";
import { configuredConfig, sampleRows } from "../sample-line.ts";

/** The change as lines taken out and put in, in colour on a terminal. */
export function showChange({ steps }: Change, { path, file }: Target): void {
  const { createColors } = require("picocolors") as typeof import("picocolors");
  const paint = createColors(process.stdout.isTTY && !process.env.NO_COLOR && process.env.TERM !== "dumb");
  const draw = ({ sign, text }: DiffLine) => {
    const line = `${sign} ${printable(text.replaceAll("\t", "  "), text.length * 2)}`;
    return sign === "-" ? paint.red(line) : sign === "+" ? paint.green(line) : line;
  };
  const leads = file === path ? "" : ` (a link to ${printable(file)})`;
  printLine(
    [paint.bold(`${printable(path)}${leads}`), ...steps.flatMap(diffLines).map(draw)].join("\n"),
    "painted",
  );
}

const TITLES = { statusLine: "status line", subagentStatusLine: "subagents' status line" } as const;

/** The lines that stay, and why. */
export function showKept(kept: readonly Kept[]): void {
  for (const { key, kind, shown } of kept)
    printLine(
      kind === "foreign"
        ? `There is another ${TITLES[key]}: ${printable(shown)}`
        : `The ${TITLES[key]} is ours, and you made more of it; it stays (--replace puts ours there): ${printable(shown)}`,
    );
}

/** The configured line in a sample session, in colour on a terminal. A configuration that cannot be read costs no more than the preview. */
export function showPreview(): void {
  try {
    const rows = sampleRows("busy", configuredConfig());
    const shown = process.stdout.isTTY ? rows : rows.map(Bun.stripANSI);
    printLine(["", "In a sample session:", ...shown].join("\n"), "rows");
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    reportWarning({ text: error.message, hint: error.hint ?? "'plimsoll doctor' says more" });
  }
}

/** What may keep the line from showing, on stderr. */
export function reportWarning({ text, hint }: { readonly text: string; readonly hint: string }): void {
  reportError(`warning: ${text}`, hint);
}

/** What a settings file with nothing else in it would hold. */
export const snippet = (wish: SetupOptions): string => applyOptions("", wish).text.trimEnd();
