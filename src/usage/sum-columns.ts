/** The columns of a sum of usage: tokens by kind, cost, and how certain both are. */
import type { TokenKind } from "../claude/token-counts.ts";
import { Tally } from "../ledger/tally.ts";
import { lowerBoundMark } from "./format.ts";
import { type Column, jsonObject } from "./listing.ts";

/** The kinds of tokens and their names in CSV and JSON, in the order of CSV. */
export const TOKEN_NAMES: readonly (readonly [TokenKind, string])[] = [
  ["input", "inputTokens"],
  ["output", "outputTokens"],
  ["cacheWrite5m", "cacheCreation5mTokens"],
  ["cacheWrite1h", "cacheCreation1hTokens"],
  ["cacheRead", "cacheReadTokens"],
];

/** A line with a sum. */
export interface SumLine {
  readonly sum: Tally;
  /** The line is the unattributed part of another line. */
  readonly isUnattributed?: boolean;
}

/** JSON objects that have some of these columns. */
type SumPart = "model" | "unattributed" | "block" | "tokenCounts";

interface SumColumn extends Column<SumLine> {
  /** The objects that have it, besides the rows of reports. */
  readonly in: readonly SumPart[];
}

/** Names that ccusage has for columns in some objects. */
const RENAMED: Readonly<Record<SumPart, Readonly<Record<string, string>>>> = {
  model: { totalCost: "cost" },
  unattributed: {},
  block: { totalCost: "costUSD" },
  tokenCounts: {
    cacheCreationTokens: "cacheCreationInputTokens",
    cacheReadTokens: "cacheReadInputTokens",
  },
};

const count = (title: string, drop: number, countOf: (sum: Tally) => number) => ({
  value: ({ sum }: SumLine) => countOf(sum),
  table: {
    title,
    drop,
    align: "right",
    text: ({ sum }, format) => lowerBoundMark(sum.tokensMissing) + format.count(countOf(sum)),
  } satisfies SumColumn["table"],
});

const cost: SumColumn["table"] = {
  title: "Cost",
  align: "right",
  role: "money",
  text: ({ sum }, { usd }) => usd(sum.costUsd, sum.priced),
};

const CCUSAGE: readonly SumPart[] = ["model", "unattributed", "tokenCounts"];
const OURS: readonly SumPart[] = ["model", "unattributed", "block"];

export const SUM_COLUMNS: readonly SumColumn[] = [
  { name: "inputTokens", csv: 10, in: CCUSAGE, ...count("Input", 5, (sum) => sum.counts.input) },
  { name: "outputTokens", csv: 11, in: CCUSAGE, ...count("Output", 4, (sum) => sum.counts.output) },
  {
    name: "cacheCreationTokens",
    in: CCUSAGE,
    ...count("Cache write", 7, (sum) => sum.counts.cacheWrite5m + sum.counts.cacheWrite1h),
  },
  { name: "cacheReadTokens", csv: 14, in: CCUSAGE, ...count("Cache read", 6, (sum) => sum.counts.cacheRead) },
  { name: "totalTokens", csv: 15, in: ["unattributed", "block"], ...count("Tokens", 2, (sum) => sum.tokens) },
  { name: "totalCost", csv: 16, in: ["model", "block"], value: ({ sum }) => sum.costUsd, table: cost },
  { name: "tokensIncomplete", csv: 30, in: ["block"], value: ({ sum }) => sum.tokensMissing },
  {
    name: "unattributedCost",
    csv: 17,
    in: ["block"],
    value: ({ sum, isUnattributed }) => (isUnattributed ? sum.costUsd : sum.unattributedUsd),
  },
  {
    name: "unattributedTokens",
    in: ["block"],
    value: ({ sum }) => sumJson("unattributed", sum.unattributed ?? new Tally()),
  },
  { name: "priced", csv: 18, in: ["model", "block"], value: ({ sum }) => sum.priced },
  { name: "cacheCreation5mTokens", csv: 12, in: OURS, value: ({ sum }) => sum.counts.cacheWrite5m },
  { name: "cacheCreation1hTokens", csv: 13, in: OURS, value: ({ sum }) => sum.counts.cacheWrite1h },
];

/** All columns, with the keys they have in an object of JSON. */
export const columnsIn = (part: SumPart): Column<SumLine>[] =>
  SUM_COLUMNS.map((column) => ({
    ...column,
    json: column.in.includes(part) ? (RENAMED[part][column.name] ?? column.name) : null,
  }));

/** A sum as an object of JSON. */
export const sumJson = (part: SumPart, sum: Tally): object => jsonObject(columnsIn(part), { sum });
