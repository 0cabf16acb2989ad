/** What Claude Code would make of a status line command's run. */
import { bad, counted, type Finding, few } from "../check.ts";
import type { Drawn } from "./run-as-client.ts";

/** A render ends itself by then (display/draw.ts). Milliseconds. */
export const BUDGET_MS = 550;

/** What the client keeps of a row for itself. Cells. */
const CLIENT_CELLS = 4;

/** Colours and links are all that a row may hold beside text. */
const ALLOWED_ESCAPES = /\u001b\[[0-9;]*m|\u001b\]8;;[^\u0000-\u001f\u007f]*(?:\u001b\\|\u0007)/g;
/** What a terminal acts on, and what turns text around. */
const RAW = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

const SEE = "'plimsoll explain' says what a render is made of";

/** @returns its rows as text, without colours and links */
export const rowsOf = ({ stdout }: Drawn): string[] =>
  stdout
    .replace(/\n+$/, "")
    .replace(ALLOWED_ESCAPES, "")
    .split("\n")
    .map((row) => row.replace(/\r$/, ""));

/** @param columns of the terminal @returns everything that is wrong with the run, in the order of its weight */
export function judgeRun(drawn: Drawn, columns: number): Finding[] {
  const { end, stderr, left, elapsedMs } = drawn;
  const said = few(
    stderr.split("\n").filter((line) => line.trim() !== ""),
    4,
  );
  const details = said.length > 0 ? { details: said } : {};
  if (end === "hung")
    return [
      bad(`the line has not come after ${Math.round(elapsedMs)} ms`, {
        ...details,
        hint: "the client shows it only when the command ends: it must not wait for the end of its input",
      }),
    ];
  if (end !== 0)
    return [
      bad(
        `the command ${typeof end === "number" ? `exits with ${end}` : `dies of ${end}`}: Claude Code erases the line`,
        {
          ...details,
          hint: "run it by hand, with /bin/sh -c and the payload on its input; it must exit 0",
        },
      ),
    ];
  const rows = rowsOf(drawn);
  if (rows.every((row) => row.trim() === ""))
    return [
      bad("the command prints nothing: Claude Code erases the line", {
        ...details,
        hint: "see that it passes on what 'plimsoll display' prints",
      }),
    ];
  return [
    ...wide(rows, columns - CLIENT_CELLS),
    ...raw(rows),
    ...(left.length === 0
      ? []
      : [
          bad(`the command left ${counted(left.length, "process", "processes")} running`, {
            details: few(left),
            hint: "each render would leave some more: see that it waits for what it starts, or ends it",
          }),
        ]),
  ];
}

function wide(rows: readonly string[], cells: number): Finding[] {
  const widest = Math.max(...rows.map((row) => Bun.stringWidth(row)));
  if (widest <= cells) return [];
  return [
    bad(`a row has ${widest} cells where ${cells} fit: the client cuts it`, {
      hint: "do not add to what 'plimsoll display' prints, or set 'margin' in the configuration to what you add",
    }),
  ];
}

const raw = (rows: readonly string[]): Finding[] =>
  rows.some((row) => RAW.test(row))
    ? [bad("a row holds control characters that a terminal would act on", { hint: SEE })]
    : [];
