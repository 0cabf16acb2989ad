/** Commands of this program in messages, in a form that runs when it is copied. */
import { resolve } from "node:path";
import { realPath } from "../os/ffi/file.ts";
import { resolveExecutable } from "../os/run/executable.ts";
import { quoteForShell } from "../os/shell.ts";

const NAME = "plimsoll";
let program: string | undefined;

/**
 * @param words a command with its arguments: "config edit"
 * @returns "plimsoll config edit"; with the program's path if the name does not run it
 */
export const runnable = (words: string): string => `${programWord()} ${words}`;

/** @returns the text with its commands in quotes ('plimsoll config edit') runnable */
export function withRunnable(text: string): string {
  const word = programWord();
  if (word === NAME) return text;
  // A path in quotes cannot be in quotes once more.
  const isQuoted = word.startsWith("'");
  return text.replace(/'plimsoll( [^'\n]*)'/g, (_, words: string) =>
    isQuoted ? `${word}${words}` : `'${word}${words}'`,
  );
}

/** The name if PATH leads to this program, else the path by which it was started, else its own. */
function programWord(): string {
  program ??= findWord();
  return program;
}

function findWord(): string {
  // Run from source, the executable is Bun.
  if (!Bun.main.startsWith("/$bunfs/")) return NAME;
  const own = realPath(process.execPath);
  const isOwn = (path: string | undefined): path is string => path !== undefined && realPath(path) === own;
  if (isOwn(resolveExecutable(NAME))) return NAME;
  const typed = process.argv0.includes("/") ? absolute(process.argv0) : undefined;
  return quoteForShell(isOwn(typed) ? typed : process.execPath);
}

/** @returns undefined for a relative path in a removed directory */
function absolute(path: string): string | undefined {
  try {
    return resolve(path);
  } catch {
    return undefined;
  }
}
