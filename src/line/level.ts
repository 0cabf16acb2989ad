/** Levels change the colour of a figure, and add a mark that shows without colour. */
export type Level = "normal" | "warn" | "critical";

export interface LevelSpec {
  readonly warn: number;
  readonly critical: number;
  /** "% used", "USD". */
  readonly unit: string;
}

/** When `warn` is above `critical`, less is worse. */
export type Levels = readonly [warn: number, critical: number];

export function levelOf(value: number, [warn, critical]: Levels): Level {
  const reached = (bound: number) => (warn > critical ? value <= bound : value >= bound);
  return reached(critical) ? "critical" : reached(warn) ? "warn" : "normal";
}

export const LEVEL_MARKS: Readonly<Record<Level, string>> = { normal: "", warn: "!", critical: "!!" };
