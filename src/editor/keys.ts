/** Bytes from a terminal in raw mode → keys (ECMA-48, xterm's cursor and keypad sequences). */

const NAMED: Readonly<Record<string, string>> = {
  "\x1b[A": "up",
  "\x1bOA": "up",
  "\x1b[B": "down",
  "\x1bOB": "down",
  "\x1b[C": "right",
  "\x1bOC": "right",
  "\x1b[D": "left",
  "\x1bOD": "left",
  "\x1b[3~": "delete",
  "\x1b": "escape",
  "\r": "enter",
  "\n": "enter",
  "\t": "tab",
  " ": "space",
  "\x7f": "delete",
  "\b": "delete",
  "\x03": "ctrl-c",
};

/** A key's name, or the character that it types. */
export type Key = string;

/** All keys in what one read brought. A lone escape at the end is the escape key: sequences arrive whole. */
export function keysOf(text: string): Key[] {
  const keys: Key[] = [];
  for (const [token] of text.matchAll(/\x1b(?:\[[0-9;?]*[ -/]*[@-~]|O[@-~])|./gsu)) {
    const key = Object.hasOwn(NAMED, token)
      ? NAMED[token]
      : token.length === 1 && token >= " "
        ? token
        : undefined;
    if (key !== undefined) keys.push(key);
  }
  return keys;
}
