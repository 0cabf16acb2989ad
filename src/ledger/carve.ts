/**
 * Reads rows of a damaged ledger from its pages, without SQLite: where a tree has lost its root, the header of a page is
 * damaged, or a truncated file has no schema. Only rows with a valid digest are taken.
 *
 * https://www.sqlite.org/fileformat2.html, sections 1.6 and 2.1
 */
import type { Database } from "bun:sqlite";
import { DIGESTED, type DigestedName, digestColumns } from "./digest.ts";
import { isWhole, type Values } from "./salvage.ts";

export interface Carved {
  readonly table: DigestedName;
  readonly row: Values;
}

/** Tables that cannot be rebuilt, and files. */
const CARVED = [
  "messages",
  "sessions",
  "models",
  "files",
  "bills",
  "copies",
  "repairs",
] as const satisfies readonly DigestedName[];

const TABLE_LEAF = 0x0d;
const INDEX_LEAF = 0x0a;
const WAL_HEADER = 32;
const FRAME_HEADER = 24;

/** The columns of each table in stored order. */
type TableLayout = readonly { readonly table: DigestedName; readonly columns: readonly string[] }[];

/**
 * Every row in the pages of a ledger and its write-ahead log, old versions of rows included.
 * @param schema an open ledger of this version, for the order of columns
 */
export function* carve(file: Buffer, log: Buffer, schema: Database): Generator<Carved> {
  const size = pageSizeOf(file);
  const layout = CARVED.map((table) => ({
    table,
    columns: schema.query(`select name from pragma_table_info('${table}')`).values().flat() as string[],
  }));
  const carver = new Carver(file, size, layout);
  for (let at = 0; at + size <= file.length; at += size)
    yield* carver.page(file.subarray(at, at + size), at === 0 ? 100 : 0);
  const tail = file.length % size;
  if (tail > 0) yield* carver.anywhere(file.subarray(file.length - tail));
  for (let at = WAL_HEADER + FRAME_HEADER; at + size <= log.length; at += FRAME_HEADER + size)
    yield* carver.page(log.subarray(at, at + size), log.readUInt32BE(at - FRAME_HEADER) === 1 ? 100 : 0);
}

/** From the header; the default if that is damaged. */
function pageSizeOf(file: Buffer): number {
  const size = file.length < 18 ? 0 : file.readUInt16BE(16);
  return size >= 512 && (size & (size - 1)) === 0 ? size : 4096;
}

class Carver {
  readonly #file: Buffer;
  readonly #size: number;
  readonly #layout: TableLayout;

  constructor(file: Buffer, size: number, layout: TableLayout) {
    this.#file = file;
    this.#size = size;
    this.#layout = layout;
  }

  /** The rows of a page, by its cell pointers; if some are invalid, by trying every byte. */
  *page(page: Buffer, header: number): Generator<Carved> {
    const type = page[header];
    const cells = page.readUInt16BE(header + 3);
    const isLeaf = type === TABLE_LEAF || type === INDEX_LEAF;
    if (!isLeaf || header + 8 + cells * 2 > page.length) {
      yield* this.anywhere(page);
      return;
    }
    let wrong = false;
    for (let cell = 0; cell < cells; cell++) {
      const at = page.readUInt16BE(header + 8 + cell * 2);
      const record = at < page.length ? this.#cell(page, at, type === TABLE_LEAF) : undefined;
      const found = record && this.#identify(record);
      if (found) yield found;
      else if (record === undefined || record.values.length >= SHORTEST_RECORD) wrong = true;
    }
    if (wrong) yield* this.anywhere(page);
  }

  /** Rows at any byte of a page. */
  *anywhere(page: Buffer): Generator<Carved> {
    for (let at = 0; at + SMALLEST_CELL <= page.length; at++) {
      for (const isTable of [true, false]) {
        const record = this.#cell(page, at, isTable);
        const found = record && this.#identify(record);
        if (found) yield found;
      }
    }
  }

  #identify({ values, rowid }: CellRecord): Carved | undefined {
    for (const { table, columns } of this.#layout) {
      // Rows of earlier versions lack the columns added since.
      if (values.length > columns.length || values.length < digestColumns(table).length) continue;
      const row: Values = {};
      for (const [index, column] of columns.entries()) row[column] = values[index] ?? null;
      const { key } = DIGESTED[table];
      if (key.length === 1) row[key[0]] = rowid ?? null;
      // Without a digest only messages can be verified: they have a hash.
      if (row.digest === null && table !== "messages") continue;
      if (isWhole(table, row)) return { table, row };
    }
    return undefined;
  }

  /** @returns undefined if no record starts here */
  #cell(page: Buffer, start: number, isTable: boolean): CellRecord | undefined {
    const cursor = new ByteReader(page, start);
    const length = cursor.varint();
    if (!(length >= SMALLEST_CELL && length < LONGEST_RECORD)) return undefined;
    const rowid = isTable ? cursor.varint() : undefined;
    if (rowid !== undefined && !(rowid > 0)) return undefined;
    const record = this.#payload(page, cursor.at, length, isTable);
    if (!record) return undefined;
    const values = readRecord(record);
    return values && { values, rowid };
  }

  /** A record, with its overflow pages. */
  #payload(page: Buffer, at: number, length: number, isTable: boolean): Buffer | undefined {
    const most = isTable ? this.#size - 35 : Math.floor(((this.#size - 12) * 64) / 255) - 23;
    if (length <= most) return at + length <= page.length ? page.subarray(at, at + length) : undefined;
    const least = Math.floor(((this.#size - 12) * 32) / 255) - 23;
    const fitting = least + ((length - least) % (this.#size - 4));
    const local = fitting <= most ? fitting : least;
    if (at + local + 4 > page.length) return undefined;
    const parts = [page.subarray(at, at + local)];
    let next = page.readUInt32BE(at + local);
    for (let left = length - local; left > 0; ) {
      const from = (next - 1) * this.#size;
      if (next === 0 || from + this.#size > this.#file.length) return undefined;
      const part = this.#file.subarray(from + 4, from + 4 + Math.min(left, this.#size - 4));
      parts.push(part);
      left -= part.length;
      next = this.#file.readUInt32BE(from);
    }
    return Buffer.concat(parts);
  }
}

interface CellRecord {
  readonly values: readonly unknown[];
  /** Undefined in a table without rowids. */
  readonly rowid: number | undefined;
}

/** The row of a model: a header of four bytes, and a digest. */
const SMALLEST_CELL = 8;
const SHORTEST_RECORD = 3;
/** A bill with many models is some kilobytes. */
const LONGEST_RECORD = 1 << 20;

class ByteReader {
  readonly #bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  /** @returns NaN when the bytes end before it does */
  varint(): number {
    let value = 0;
    for (let count = 0; count < 8; count++) {
      const byte = this.#bytes[this.at++];
      if (byte === undefined) return Number.NaN;
      value = value * 128 + (byte & 127);
      if (byte < 128) return value;
    }
    return Number.NaN;
  }
}

function readRecord(record: Buffer): unknown[] | undefined {
  const cursor = new ByteReader(record, 0);
  const header = cursor.varint();
  if (!(header >= SHORTEST_RECORD && header <= record.length && header < 64)) return undefined;
  const types: number[] = [];
  while (cursor.at < header) types.push(cursor.varint());
  if (cursor.at !== header) return undefined;
  let at = header;
  const values: unknown[] = [];
  for (const type of types) {
    const size = type >= 12 ? Math.floor((type - 12) / 2) : (SIZES[type] ?? Number.NaN);
    if (!(at + size <= record.length)) return undefined;
    values.push(readValue(record, at, type, size));
    at += size;
  }
  return at === record.length ? values : undefined;
}

/** Of serial types 0 to 9: null, integers, a float, the constants 0 and 1. */
const SIZES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];

function readValue(bytes: Buffer, at: number, type: number, size: number): unknown {
  if (type === 0) return null;
  if (type === 6) return Number(bytes.readBigInt64BE(at));
  if (type < 6) return bytes.readIntBE(at, size);
  if (type === 7) return bytes.readDoubleBE(at);
  if (type < 10) return type - 8;
  return type % 2 === 1 ? bytes.toString("utf8", at, at + size) : bytes.subarray(at, at + size);
}
