/** Whether a row of a damaged ledger is one that was written to it. */
import { COUNT_COLUMNS } from "./counts.ts";
import { type DigestedName, digestColumns, digestOf } from "./digest.ts";

/** A row, by column. */
export type Values = Record<string, unknown>;

/** A row with a digest is compared with it; one of an older version has to make sense. */
export function isWhole(table: DigestedName, row: Values): boolean {
  const { digest } = row;
  if (digest === null || digest === undefined) return MAKES_SENSE[table]?.(row) ?? false;
  return digest === digestOf(digestColumns(table).map((column) => row[column]));
}

const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;
const isText = (value: unknown): boolean => typeof value === "string";
const isMoney = (value: unknown): boolean => Number.isFinite(value) && (value as number) >= 0;
/** Unix milliseconds that `Date` takes. */
const isTime = (value: unknown): boolean => isCount(value) && (value as number) <= 8.64e15;
const isNumber = (value: unknown): boolean => isCount(value) && (value as number) > 0;

const COUNTS = ["flags", ...COUNT_COLUMNS];

const MAKES_SENSE: Readonly<Partial<Record<DigestedName, (row: Values) => boolean>>> = {
  messages: (row) =>
    isNumber(row.seq) &&
    isText(row.id) &&
    row.hash === Bun.hash.xxHash32(row.id as string) &&
    isText(row.request) &&
    isNumber(row.session) &&
    isNumber(row.model) &&
    isTime(row.at) &&
    COUNTS.every((column) => isCount(row[column]) && (row[column] as number) < 1e12) &&
    (row.cost === null || isMoney(row.cost)),
  sessions: (row) => isNumber(row.id) && isText(row.name) && isText(row.project) && isCount(row.own),
  models: (row) => isNumber(row.id) && isText(row.name),
  files: (row) => isNumber(row.id) && isText(row.path),
  bills: (row) =>
    isNumber(row.session) &&
    isTime(row.at) &&
    isText(row.run) &&
    isMoney(row.total) &&
    (row.since === null || isTime(row.since)) &&
    (row.models === null || isJson(row.models)),
  copies: (row) => isNumber(row.message) && isNumber(row.session),
  repairs: (row) => isNumber(row.id) && isTime(row.at) && isText(row.kept) && isJson(row.report),
};

function isJson(text: unknown): boolean {
  try {
    return typeof JSON.parse(text as string) === "object";
  } catch {
    return false;
  }
}
