/**
 * Parses a status line command as /bin/sh would: which program it runs, and whether that is ours.
 *
 * Words, quotes and operators only; substitutions are kept as written.
 */
import { realPath } from "../os/ffi/file.ts";
import { quoteForShell } from "../os/shell.ts";

/** The command of ours for each setting. */
export const LINE_WORDS = { statusLine: "display", subagentStatusLine: "subagents" } as const;

/** The settings that hold a line. */
export type LineKey = keyof typeof LINE_WORDS;

/**
 * @param program a path, or a name on PATH
 * @returns `command` for each setting
 */
export const lineCommands = (program: string): Record<LineKey, string> => ({
  statusLine: `${quoteForShell(program)} ${LINE_WORDS.statusLine}`,
  subagentStatusLine: `${quoteForShell(program)} ${LINE_WORDS.subagentStatusLine}`,
});

export interface OurCommand {
  /** Without quotes: a path, or a name on PATH. */
  readonly program: string;
  /** Nothing but the program and our command: no variables, pipes or options. */
  readonly plain: boolean;
}

/** Includes the names of releases: `plimsoll-linux-x64`, `plimsoll-1.2`. */
const OUR_NAME = /^plimsoll([-.][\w.+-]+)?$/;

/** @returns undefined unless the command runs this program's command for `key`, by whatever path */
export function readOurCommand(command: string, key: LineKey = "statusLine"): OurCommand | undefined {
  const words = shellWords(command);
  const at = words.findIndex(
    (word, index) => words[index + 1] === LINE_WORDS[key] && typeof word === "string" && isOurProgram(word),
  );
  if (at >= 0) return { program: words[at] as string, plain: words.length === 2 };
  // `sh -c '…'`
  const inner = words.find(
    (word, index): word is string => typeof word === "string" && words[index - 1] === "-c",
  );
  const found = inner === undefined ? undefined : readOurCommand(inner, key);
  return found && { ...found, plain: false };
}

function isOurProgram(program: string): boolean {
  if (OUR_NAME.test(program.slice(program.lastIndexOf("/") + 1))) return true;
  const real = program.startsWith("/") ? realPath(program) : undefined;
  return real !== undefined && real === realPath(process.execPath);
}

/** A pipe, list operator, redirection or newline. */
const OPERATOR = Symbol("operator");

/** @returns words without quotes, and operators; empty when a quote is not closed */
function shellWords(command: string): (string | typeof OPERATOR)[] {
  const words: (string | typeof OPERATOR)[] = [];
  const piece =
    /[ \t]+|([|&;<>()\n]+)|((?:[^\s|&;<>()'"\\]|'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S])+)|([\s\S])/g;
  for (const [, operator, word, other] of command.trim().matchAll(piece)) {
    if (other !== undefined) return [];
    if (operator !== undefined) words.push(OPERATOR);
    else if (word !== undefined) words.push(withoutQuotes(word));
  }
  return words;
}

const withoutQuotes = (word: string): string =>
  word.replace(
    /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])/g,
    (_, single?: string, double?: string, escaped?: string) =>
      single ?? double?.replace(/\\([$`"\\])/g, "$1") ?? escaped ?? "",
  );
