/** What `setup` prints: the change, a preview of the line, warnings, and a snippet to paste. */

import { printable } from "../../cli/characters.ts";
import { CommandError } from "../../cli/errors.ts";
import { printLine, reportError } from "../../cli/output.ts";
import { withRunnable } from "../../cli/runnable.ts";
import {
  applyOptions,
  type Change,
  type Edit,
  type KeptLine,
  type SetupOptions,
} from "../../setup/change.ts";
import type { SettingsTarget } from "../../setup/target.ts";
import { backgroundForPreview } from "../preview-ground.ts";
import { configuredConfig, sampleRows } from "../sample-line.ts";

/** @returns the change as a diff: each line begins with "+", "-" or a space; not yet made visible */
export const changeLines = ({ edits }: Change): string[] =>
  edits.flatMap(diffLines).map(({ sign, text }) => `${sign} ${text.replaceAll("\t", "  ")}`);

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

/**
 * Print the configured line for a sample session. An invalid configuration only costs the preview.
 * @param advises name a theme with more colours, if the terminal tells its background
 */
export async function showPreview({ advises }: { readonly advises: boolean }): Promise<void> {
  try {
    const config = configuredConfig();
    const ground = await backgroundForPreview([config.theme], { isNamed: advises });
    const rows = sampleRows("busy", config, undefined, ground);
    const shown = process.stdout.isTTY ? rows : rows.map((row) => Bun.stripANSI(row).trimEnd());
    printLine(["", "In a sample session:", ...shown].join("\n"), "rows");
    if (advises && config.theme === "auto" && ground.isAnswer && ground.autoTheme === "terminal")
      printLine(
        withRunnable(
          `These are the terminal's own 16 colours. 'plimsoll config set theme harbor-${ground.background}' uses more, for this ${ground.background} background.`,
        ),
      );
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    reportWarning({ text: error.message, hint: error.hint ?? "run 'plimsoll doctor'" });
  }
}

/** Print to stderr. */
export function reportWarning({ text, hint }: { readonly text: string; readonly hint: string }): void {
  reportError(`warning: ${text}`, hint, "warning");
}

/** @returns a settings file with nothing but our line */
export const snippet = (options: SetupOptions): string => applyOptions("", options).text.trimEnd();

interface DiffLine {
  readonly sign: "-" | "+" | " ";
  readonly text: string;
}

/** Kept of a long line around its change. UTF-16 units. */
const CONTEXT = 40;
/** Longer runs of lines are shortened in the middle. */
const MAX_RUN = 40;

/** @returns an edit as removed and added lines; a single changed line is cut to its change */
function diffLines({ before, after }: Edit): DiffLine[] {
  const [old, now] = [splitLines(before), splitLines(after)];
  const head = commonStart(old, now);
  const tail = commonStart(old.slice(head).reverse(), now.slice(head).reverse());
  const removed = old.slice(head, old.length - tail);
  const added = now.slice(head, now.length - tail);
  const [cutRemoved, cutAdded] =
    removed.length === 1 && added.length === 1
      ? cut(removed[0] as string, added[0] as string)
      : [removed, added];
  return [...run("-", cutRemoved), ...run("+", cutAdded)];
}

/** The final line end starts no further line. */
const splitLines = (text: string): string[] => (text === "" ? [] : text.replace(/\r?\n$/, "").split(/\r?\n/));

function run(sign: "-" | "+", lines: readonly string[]): DiffLine[] {
  const shown = lines.map((text) => ({ sign, text }));
  if (lines.length <= MAX_RUN) return shown;
  const half = MAX_RUN / 2;
  const left = lines.length - 2 * half;
  return [...shown.slice(0, half), { sign: " ", text: `… ${left} more lines …` }, ...shown.slice(-half)];
}

/** Shorten what two long lines share at their ends. */
function cut(old: string, now: string): [string[], string[]] {
  const head = commonStart(old.split(""), now.split(""));
  const tail = commonStart(old.slice(head).split("").reverse(), now.slice(head).split("").reverse());
  const start = Math.max(0, head - CONTEXT);
  const end = Math.max(0, tail - CONTEXT);
  const shorten = (line: string) =>
    `${start > 0 ? "…" : ""}${line.slice(start, line.length - end)}${end > 0 ? "…" : ""}`;
  return [[shorten(old)], [shorten(now)]];
}

function commonStart(one: readonly string[], other: readonly string[]): number {
  let at = 0;
  while (at < one.length && at < other.length && one[at] === other[at]) at += 1;
  return at;
}
