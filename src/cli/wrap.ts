/** @returns `text` in lines of at most `room` cells, broken at spaces; a longer word has a longer line of its own */
export const wrap = (text: string, room: number): string[] =>
  Bun.wrapAnsi(text, Math.max(1, room), { hard: false }).split("\n");
