/** What stands behind a preview: the background of the terminal that this command runs in, and Claude Code's theme. */
import { isatty } from "node:tty";
import { claudeDirectories } from "../claude/directories.ts";
import { projectTheme, userTheme } from "../claude/theme.ts";
import { askBackground } from "../cli/terminal-background.ts";
import { type ClaudeTheme, readTerminal } from "../display/terminal.ts";
import type { Terminal } from "../line/context.ts";
import { autoTheme } from "../line/look/theme.ts";

/** Terminals answer at once. Milliseconds. */
const ANSWER_MS = 100;

/** What a preview's terminal has besides `readTerminal`: `{ ...readTerminal(env, config), ...ground }`. */
export interface PreviewGround extends Pick<Terminal, "background" | "autoTheme"> {
  /** The terminal reported its background, which renders cannot know. */
  readonly isAnswer?: true;
}

/** The background by Claude Code's theme and COLORFGBG, without asking the terminal. */
export function knownGround(): PreviewGround {
  const { background, autoTheme } = readTerminal(process.env, { padding: 0, margin: 0 }, claudeTheme());
  return autoTheme === undefined ? { background } : { background, autoTheme };
}

/**
 * The background by the theme that the user chose in Claude Code, else as this terminal answers, else by COLORFGBG.
 * "auto" resolves to the theme that the line will have: Claude Code runs it without a terminal that it could ask.
 */
export async function backgroundForPreview(): Promise<PreviewGround> {
  const line = knownGround();
  const { name, isDefault } = claudeTheme() ?? {};
  const isChosen = name !== undefined && name !== "auto" && !isDefault;
  // Nothing is painted with fewer colours.
  if (isChosen || readTerminal(process.env, { padding: 0, margin: 0 }).colors < 256) return line;
  // Not process.stdin: it fails when the working directory was removed.
  const background = await askBackground(standardStream(0), standardStream(1), ANSWER_MS);
  return background === undefined ? line : { background, autoTheme: autoTheme(line), isAnswer: true };
}

const standardStream = (fd: number) => ({ fd, isTTY: isatty(fd) });

/** From the settings themselves: a pass may not have read them yet. */
function claudeTheme(): ClaudeTheme | undefined {
  const [claudeDir] = claudeDirectories(process.env);
  if (claudeDir === undefined) return undefined;
  const directory = currentDirectory();
  const own = directory === undefined ? undefined : projectTheme(directory, claudeDir);
  return own ?? userTheme(claudeDir, undefined, { now: Date.now() });
}

/** @returns undefined when it was removed or is not accessible: that must not cost more than a project's theme */
function currentDirectory(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}
