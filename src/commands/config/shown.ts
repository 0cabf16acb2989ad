/** The result of a change of the configuration, on a terminal: the line drawn with it, and the next step. */
import { printable } from "../../cli/characters.ts";
import { printLine } from "../../cli/output.ts";
import { runnable, withRunnable } from "../../cli/runnable.ts";
import type { Config } from "../../config/config.ts";
import type { Path } from "../../json-text/tree.ts";
import { icon } from "../../line/look/icons.ts";
import { needsSetup, printNext } from "../next-step.ts";
import { configuredConfig, sampleRows } from "../sample-line.ts";

/**
 * Draw the configured line in a sample session, and print the next step. Prints nothing without a terminal: scripts
 * read the rest.
 * @param steps the path of the changed setting; none for a new file
 */
export function showChanged(steps: Path): void {
  if (!process.stdout.isTTY) return;
  const config = configuredConfig();
  if (isLook(steps)) printLine(["", ...sampleRows("busy", config), ""].join("\n"), "rows");
  for (const note of notesOn(steps, config)) printLine(withRunnable(note));
  if (!isLook(steps) && steps[0] !== "commands") return;
  printNext(needsSetup() ? "'plimsoll setup' adds the line to Claude Code" : nextStep(steps));
}

/** Settings that do not change how the line looks. */
const UNSEEN = ["refresh", "commands", "prices", "billing"];

const isLook = ([key = ""]: Path): boolean => !UNSEEN.includes(String(key));

/** Signs of a set that few fonts have, for people to look at. */
const TO_CHECK = ["model", "directory", "branch", "context", "tokens", "clock"] as const;

function notesOn([key, name]: Path, config: Config): string[] {
  if (key === "icons" && config.icons === "nerd")
    return [
      `Boxes instead of icons (${TO_CHECK.map((each) => icon("nerd", each)).join(" ")})? The terminal needs a Nerd Font.`,
      `To go back: ${runnable("config set icons auto")}`,
    ];
  if (key === "segments" && typeof name === "string" && !isShown(name, config))
    return [`The line has no segment '${printable(name)}' yet: 'plimsoll config edit' adds it.`];
  return [];
}

const isShown = (name: string, { rows }: Config): boolean =>
  rows.some(({ left, right = [] }) =>
    [...left, ...right].some((each) => each === name || each.startsWith(`${name}:`)),
  );

/** By the first step of the changed setting. */
const NEXT: Readonly<Record<string, string>> = {
  theme: "'plimsoll preview --themes' draws the others; 'plimsoll config edit' changes more",
  style: "'plimsoll preview --styles' draws the others; 'plimsoll config edit' changes more",
  icons: "'plimsoll preview --styles' draws the others; 'plimsoll config edit' changes more",
  preset:
    "'plimsoll preview --presets' draws the others; 'plimsoll config edit' changes segments and colours",
  rows: "'plimsoll segments' lists the segments; 'plimsoll config edit' changes more",
  commands: `add "command:NAME" to a row: 'plimsoll config edit'`,
};

function nextStep([key, name]: Path): string {
  if (key === undefined) return "'plimsoll config edit' changes segments, theme and icons, with a preview";
  if (key === "segments" && typeof name === "string")
    return `'plimsoll segments ${printable(name.replace(/:.*/s, ""))}' lists its options; 'plimsoll config edit' changes more`;
  return NEXT[key] ?? "'plimsoll config edit' changes more, with a preview";
}
