/** Rows and their segments: positions, and what can be done with them. */
import type { RowConfig } from "../config/config.ts";

/** The most rows that a configuration may have. */
const MAX_ROWS = 8;

/** A place in a row: a segment, or an empty side. */
export interface Slot {
  readonly side: "left" | "right";
  /** Within its side. */
  readonly index: number;
  /** As configured; undefined for an empty side. */
  readonly name?: string;
}

const sideOf = (row: RowConfig, side: Slot["side"]): readonly string[] => row[side] ?? [];

/** @returns the slots of a row from left to right: at least one for each side */
export const slotsOf = (row: RowConfig): Slot[] =>
  (["left", "right"] as const).flatMap((side): Slot[] => {
    const names = sideOf(row, side);
    return names.length === 0 ? [{ side, index: 0 }] : names.map((name, index) => ({ side, index, name }));
  });

/** @returns the column of a slot */
function columnOf(row: RowConfig, side: Slot["side"], index: number): number {
  const column = slotsOf(row).findIndex((slot) => slot.side === side && slot.index === index);
  return Math.max(0, column);
}

/** @returns the row with other segments on one side */
function withSide(row: RowConfig, side: Slot["side"], names: readonly string[]): RowConfig {
  const left = side === "left" ? names : row.left;
  const right = side === "right" ? names : (row.right ?? []);
  return right.length === 0 ? { left } : { left, right };
}

/** Rows after a change, and where the cursor is then. */
export interface RowsChange {
  readonly rows: readonly RowConfig[];
  readonly line: number;
  readonly column: number;
}

/** Put a segment before, after or in the place of a slot. */
export function putSegment(
  rows: readonly RowConfig[],
  line: number,
  { side, index, name }: Slot,
  where: "before" | "after" | "instead",
  segment: string,
): RowsChange {
  const row = rows[line] as RowConfig;
  const at = name !== undefined && where === "after" ? index + 1 : index;
  const names = sideOf(row, side).toSpliced(at, where === "instead" && name !== undefined ? 1 : 0, segment);
  const changed = withSide(row, side, names);
  return { rows: rows.with(line, changed), line, column: columnOf(changed, side, at) };
}

/** Remove the segment of a slot. */
export function removeSegment(rows: readonly RowConfig[], line: number, { side, index }: Slot): RowsChange {
  const row = rows[line] as RowConfig;
  const names = sideOf(row, side).toSpliced(index, 1);
  const changed = withSide(row, side, names);
  return {
    rows: rows.with(line, changed),
    line,
    column: columnOf(changed, side, Math.max(0, Math.min(index, names.length - 1))),
  };
}

/** Move a segment one place to the left or right, from one side to the other too. @returns undefined at the end */
export function shiftSegment(
  rows: readonly RowConfig[],
  line: number,
  { side, index, name }: Slot,
  by: 1 | -1,
): RowsChange | undefined {
  if (name === undefined) return undefined;
  const row = rows[line] as RowConfig;
  const names = sideOf(row, side);
  const to = index + by;
  if (to >= 0 && to < names.length) {
    const moved = withSide(row, side, names.toSpliced(index, 1).toSpliced(to, 0, name));
    return { rows: rows.with(line, moved), line, column: columnOf(moved, side, to) };
  }
  const other = side === "left" ? "right" : "left";
  if ((by === 1) !== (side === "left")) return undefined;
  const rest = sideOf(row, other);
  const at = by === 1 ? 0 : rest.length;
  const moved = withSide(withSide(row, side, names.toSpliced(index, 1)), other, rest.toSpliced(at, 0, name));
  return { rows: rows.with(line, moved), line, column: columnOf(moved, other, at) };
}

/** Move a segment to the row above or below; below the last row, to a new one. @returns undefined when it cannot move */
export function sendSegment(
  rows: readonly RowConfig[],
  line: number,
  slot: Slot,
  by: 1 | -1,
): RowsChange | undefined {
  const { side, index, name } = slot;
  const to = line + by;
  if (name === undefined || to < 0 || to >= MAX_ROWS) return undefined;
  const rest = removeSegment(rows, line, slot).rows;
  const target = rest[to] ?? { left: [] };
  const names = sideOf(target, side);
  const at = Math.min(index, names.length);
  const moved = withSide(target, side, names.toSpliced(at, 0, name));
  return { rows: rest.toSpliced(to, 1, moved), line: to, column: columnOf(moved, side, at) };
}

/** Insert a row. @returns undefined when there are MAX_ROWS */
export const insertRow = (
  rows: readonly RowConfig[],
  line: number,
  row: RowConfig = { left: [] },
): RowsChange | undefined =>
  rows.length >= MAX_ROWS ? undefined : { rows: rows.toSpliced(line, 0, row), line, column: 0 };

/** Delete a row. @returns undefined for the last one */
export const deleteRow = (rows: readonly RowConfig[], line: number): RowsChange | undefined =>
  rows.length <= 1
    ? undefined
    : { rows: rows.toSpliced(line, 1), line: Math.min(line, rows.length - 2), column: 0 };

/** Exchange a row with the one above or below. @returns undefined at the end */
export function moveRow(
  rows: readonly RowConfig[],
  line: number,
  column: number,
  by: 1 | -1,
): RowsChange | undefined {
  const [row, other] = [rows[line], rows[line + by]];
  if (!row || !other) return undefined;
  return { rows: rows.with(line, other).with(line + by, row), line: line + by, column };
}
