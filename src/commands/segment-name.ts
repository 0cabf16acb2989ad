/** Segments by the name that a user types. */
import { printable } from "../cli/characters.ts";
import { UsageError } from "../cli/errors.ts";
import { nearest } from "../cli/nearest.ts";
import type { LevelSpec } from "../line/level.ts";
import type { Segment } from "../line/segment.ts";
import { findSegment, SEGMENTS } from "../line/segments/index.ts";

/** How a segment is written in rows: "model", "command:NAME". */
export const referenceOf = ({ name, argument }: Segment): string =>
  argument === undefined ? name : `${name}:${argument}`;

/**
 * @param name with or without an argument: "command", "command:weather"
 * @throws UsageError for an unknown segment, with the nearest one
 */
export function segmentNamed(name: string): Segment {
  const segment = SEGMENTS.find((each) => each.name === name) ?? findSegment(name)?.segment;
  if (segment) return segment;
  const guess = nearest(
    name,
    SEGMENTS.map((each) => each.name),
  );
  throw new UsageError(
    `unknown segment '${printable(name)}'`,
    guess ? `did you mean '${guess}'?` : "'plimsoll segments' lists them",
  );
}

/** @returns levels for people: "warn 70, critical 85 (% used)"; without those that cannot be reached */
export function levelsText([warn, critical]: readonly [number, number], { unit }: LevelSpec): string {
  const one = (word: string, bound: number) =>
    Number.isFinite(bound) && bound >= 0 ? [`${word} ${bound}`] : [];
  const both = [...one("warn", warn), ...one("critical", critical)];
  return `${both.join(", ") || "none"} (${unit})`;
}
