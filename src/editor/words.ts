/** A program and its arguments as one line of text: words, and quotes around those with spaces. No shell reads it. */

/** @returns the words of a line, or why it is invalid */
export function splitWords(line: string): readonly string[] | { readonly error: string } {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let index = 0; index < line.length; index++) {
    const character = line[index] as string;
    if (character === "\\" && quote !== "'" && index + 1 < line.length) word = (word ?? "") + line[++index];
    else if (quote !== "") {
      if (character === quote) quote = "";
      else word = (word ?? "") + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= "";
    } else if (character !== " ") word = (word ?? "") + character;
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (quote !== "") return { error: `the quote ${quote} is not closed` };
  return word === undefined ? words : [...words, word];
}

/** @returns the line that `splitWords` splits into these words */
export const joinWords = (words: readonly string[]): string =>
  words
    .map((word) => (/^[^\s"'\\]+$/.test(word) ? word : `"${word.replaceAll(/["\\]/g, "\\$&")}"`))
    .join(" ");
