/** How loaded something is: `warn` and `critical` change the colour and add a mark that shows without colour. */
export type Level = "normal" | "warn" | "critical";

/** Where levels begin, and in which unit, for the documentation. */
export interface LevelSpec {
  readonly warn: number;
  readonly critical: number;
  /** "% used", "USD": completes "a number of …". */
  readonly unit: string;
}

/** A level's two bounds. When `warn` is above `critical`, less is worse. */
export type Levels = readonly [warn: number, critical: number];

/** @returns the level that `value` has reached */
export function levelOf(value: number, [warn, critical]: Levels): Level {
  const reached = (bound: number) => (warn > critical ? value <= bound : value >= bound);
  return reached(critical) ? "critical" : reached(warn) ? "warn" : "normal";
}

/** What follows a figure so that its level shows without colour. */
export const LEVEL_MARKS: Readonly<Record<Level, string>> = { normal: "", warn: "!", critical: "!!" };
