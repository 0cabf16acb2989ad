/** What stands behind a preview: the background of the terminal that this command runs in, and Claude Code's theme. */
import { isatty } from "node:tty";
import { claudeDirectories } from "../claude/directories.ts";
import { projectTheme, userTheme } from "../claude/theme.ts";
import { askBackground } from "../cli/terminal-background.ts";
import { type ClaudeTheme, readTerminal } from "../display/terminal.ts";
import type { Terminal } from "../line/context.ts";
import { autoTheme, chooseTheme } from "../line/look/theme.ts";

/** How long a terminal may take to begin its answer, here and over SSH. Milliseconds. */
const ANSWER_MS = 300;
const REMOTE_ANSWER_MS = 1000;

/** Terminals by TERM that print the question, or do not answer it. */
const WITHOUT_ANSWER = /^(?:dumb|unknown|network|(?:linux|vt\d|ansi|cons\d|eterm|sun|wsvt).*)?$/;

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
 * The background by the theme that the user chose in Claude Code, else by COLORFGBG, else as this terminal answers. It is
 * asked only if the answer changes what is shown.
 * "auto" resolves to the theme that the line will have: Claude Code runs it without a terminal that it could ask.
 * @param themes what will be drawn
 * @param isNamed the answer is also used where "auto" is drawn in the terminal's own colours
 */
export async function backgroundForPreview(
  themes: readonly string[],
  { isNamed = false } = {},
): Promise<PreviewGround> {
  const line = knownGround();
  const isUsed = themes.some(
    (name) =>
      chooseTheme(name, line).background !== "any" ||
      (isNamed && name === "auto" && autoTheme(line) === "terminal"),
  );
  if (!isUsed || isGroundSet() || !canAnswer()) return line;
  // Not process.stdin: it fails when the working directory was removed.
  const { SSH_CONNECTION, SSH_TTY } = process.env;
  const wait = SSH_CONNECTION || SSH_TTY ? REMOTE_ANSWER_MS : ANSWER_MS;
  const background = await askBackground(standardStream(0), standardStream(1), wait);
  return background === undefined ? line : { background, autoTheme: autoTheme(line), isAnswer: true };
}

/** Whether a theme that was chosen in Claude Code, or COLORFGBG, gives the background. */
function isGroundSet(): boolean {
  const theme = claudeTheme();
  const chosen = theme?.isDefault ? undefined : theme;
  return readTerminal(process.env, { padding: 0, margin: 0 }, chosen).background !== "unknown";
}

/** Nothing is painted with fewer than 256 colours. */
const canAnswer = (): boolean =>
  !WITHOUT_ANSWER.test(process.env.TERM ?? "") &&
  readTerminal(process.env, { padding: 0, margin: 0 }).colors >= 256;

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
