/** The columns of `messages` and `rollups` that count what was used, and SQL made of them. */
import { USAGE_KINDS, type UsageCounts, type UsageKind } from "../claude/token-counts.ts";

/** In the order of the tables. */
const COLUMNS = {
  input: "input",
  output: "output",
  cacheWrite5m: "write5m",
  cacheWrite1h: "write1h",
  cacheRead: "read",
  webSearches: "searches",
} as const satisfies Record<UsageKind, string>;

const KINDS = Object.keys(COLUMNS) as readonly UsageKind[];

/** The columns' names. */
export const COUNT_COLUMNS: readonly string[] = Object.values(COLUMNS);

/** @returns the name in TypeScript of a column */
export const kindOfColumn = (column: string): string =>
  USAGE_KINDS.find((kind) => COLUMNS[kind] === column) ?? column;

/** SQL: each column, by its name here. */
export const SELECT_COUNTS = KINDS.map((kind) => `${COLUMNS[kind]} as ${kind}`).join(", ");

/** SQL: the sum of each column, by its name here; null without rows. */
export const SUM_COUNTS = KINDS.map((kind) => `sum(${COLUMNS[kind]}) as ${kind}`).join(", ");

/** SQL: the same, 0 without rows, as floating point numbers. */
export const TOTAL_COUNTS = KINDS.map((kind) => `total(${COLUMNS[kind]}) as ${kind}`).join(", ");

/** The counts in the order of the columns. */
export const countValues = (counts: UsageCounts): number[] => KINDS.map((kind) => counts[kind]);
