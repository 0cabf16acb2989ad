/** What `setup` prints: the change, a preview of the line, warnings, and a snippet to paste. */

import { printable } from "../../cli/characters.ts";
import { CommandError } from "../../cli/errors.ts";
import { printLine, reportError } from "../../cli/output.ts";
import { applyOptions, type Change, type KeptLine, type SetupOptions } from "../../setup/change.ts";
import { type DiffLine, diffLines } from "../../setup/diff.ts";
import type { SettingsTarget } from "../../setup/target.ts";
import { configuredConfig, sampleRows } from "../sample-line.ts";

/** Print the change as a diff, in colour on a terminal. */
export function showChange({ edits }: Change, { path, file }: SettingsTarget): void {
  const { createColors } = require("picocolors") as typeof import("picocolors");
  const paint = createColors(process.stdout.isTTY && !process.env.NO_COLOR && process.env.TERM !== "dumb");
  const draw = ({ sign, text }: DiffLine) => {
    const line = `${sign} ${printable(text.replaceAll("\t", "  "), text.length * 2)}`;
    return sign === "-" ? paint.red(line) : sign === "+" ? paint.green(line) : line;
  };
  const target = file === path ? "" : ` (a link to ${printable(file)})`;
  printLine(
    [paint.bold(`${printable(path)}${target}`), ...edits.flatMap(diffLines).map(draw)].join("\n"),
    "painted",
  );
}

const TITLES = { statusLine: "status line", subagentStatusLine: "subagents' status line" } as const;

/** Print the lines that were kept, and why. */
export function showKept(kept: readonly KeptLine[]): void {
  for (const { key, kind, shown } of kept)
    printLine(
      kind === "foreign"
        ? `There is another ${TITLES[key]}: ${printable(shown)}`
        : `The ${TITLES[key]} is ours, customised, and was kept (--replace overwrites it): ${printable(shown)}`,
    );
}

/** Print the configured line for a sample session. An invalid configuration only costs the preview. */
export function showPreview(): void {
  try {
    const rows = sampleRows("busy", configuredConfig());
    const shown = process.stdout.isTTY ? rows : rows.map(Bun.stripANSI);
    printLine(["", "In a sample session:", ...shown].join("\n"), "rows");
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    reportWarning({ text: error.message, hint: error.hint ?? "run 'plimsoll doctor'" });
  }
}

/** Print to stderr. */
export function reportWarning({ text, hint }: { readonly text: string; readonly hint: string }): void {
  reportError(`warning: ${text}`, hint);
}

/** @returns a settings file with nothing but our line */
export const snippet = (options: SetupOptions): string => applyOptions("", options).text.trimEnd();
