/** Text for a state file or the log: one line, without control characters, of at most `limit` UTF-16 units. */
export const plain = (text: string, limit = 200): string =>
  text
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ")
    .trim()
    .slice(0, limit);
