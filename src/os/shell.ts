/** Words of command lines for /bin/sh. */

/** Quote a word for /bin/sh, if needed. */
export const quoteForShell = (word: string): string =>
  /^[A-Za-z0-9/._+@%,:-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
