/**
 * The command of a status line, read as /bin/sh would: which program it runs, and whether that is ours.
 *
 * Only as much of the shell as such a command has: words, quotes, operators. What is substituted when it runs is not
 * known, and stays as it is written.
 */
import { realPath } from "../os/ffi/file.ts";

/** Which of our commands draws which setting. */
export const LINE_WORDS = { statusLine: "display", subagentStatusLine: "subagents" } as const;

/** The settings that hold a line. */
export type LineKey = keyof typeof LINE_WORDS;

/**
 * @param program as the settings are to call it: a path, or a name
 * @returns what each setting's `command` is to be
 */
export const lineCommands = (program: string): Record<LineKey, string> => ({
  statusLine: `${quoteForShell(program)} ${LINE_WORDS.statusLine}`,
  subagentStatusLine: `${quoteForShell(program)} ${LINE_WORDS.subagentStatusLine}`,
});

export interface OurCommand {
  /** As the shell would see it, quotes removed: a path, or a name that is looked up in PATH. */
  readonly program: string;
  /** Nothing but the program and its word: no variables before it, no pipe behind it, no options. */
  readonly plain: boolean;
}

/** A program of ours under a release's own name counts: `plimsoll-linux-x64`, `plimsoll-1.2`. */
const OUR_NAME = /^plimsoll([-.][\w.+-]+)?$/;

/** @returns what the command says if it runs this program's command for `key`, by whatever path; else undefined */
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

/** Whether a status line command is this program's, by whatever path. */
export const isOurs = (command: string, key: LineKey = "statusLine"): boolean =>
  readOurCommand(command, key) !== undefined;

function isOurProgram(program: string): boolean {
  if (OUR_NAME.test(program.slice(program.lastIndexOf("/") + 1))) return true;
  const real = program.startsWith("/") ? realPath(program) : undefined;
  return real !== undefined && real === realPath(process.execPath);
}

/** An operator of the shell: a pipe, a list, a redirection, the end of a line. */
const OPERATOR = Symbol("operator");

/** @returns the words without their quotes, with `OPERATOR` where one stands; none where a quote is not closed */
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

/** @returns the word as /bin/sh takes it for one: in quotes where it needs them */
export const quoteForShell = (word: string): string =>
  /^[A-Za-z0-9/._+@%,:-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
