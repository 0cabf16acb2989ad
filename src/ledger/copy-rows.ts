/** Copies messages and bills, with what they refer to, from one ledger to another. */
import type { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import type { Carved } from "./carve.ts";
import { kindOfColumn } from "./counts.ts";
import { type DigestedName, seal } from "./digest.ts";
import type { Row } from "./message-row.ts";
import type { Values } from "./salvage.ts";
import { salvage } from "./salvage.ts";
import { MessageWriter } from "./writer.ts";

interface SessionNames {
  name: string;
  project: string;
  own: number;
}

/** Copy bills, and what messages refer to. @returns whether all of it could be read */
export function copyNames(from: Database, copier: Copier): boolean {
  let whole = true;
  for (const table of NAMES) {
    const complete = salvage(from, table, (rows) => copier.add(table, rows));
    whole &&= complete;
  }
  return whole;
}

/** To be called after `copyNames`. @returns whether every row could be read */
export const copyMessages = (from: Database, copier: Copier): boolean =>
  salvage(from, "messages", (rows) => copier.add("messages", rows));

const NAMES = ["files", "sessions", "models", "bills", "copies", "repairs"] as const;

/** Merge one open ledger into another. */
export function copy(from: Database, db: Database): void {
  const copier = new Copier(db);
  copyNames(from, copier);
  copyMessages(from, copier);
  copier.finish();
}

/** The row of a message, from its columns. */
const messageRow = (values: Values): Row =>
  Object.fromEntries(
    Object.entries(values).map(([column, value]) => [kindOfColumn(column), value]),
  ) as unknown as Row;

/** Collects names and bills, and writes messages as they come. */
export class Copier {
  /** Messages that were copied. */
  messages = 0;
  /** Those with a lost session or model. */
  nameless = 0;
  readonly #db: Database;
  readonly #writer: MessageWriter;
  readonly #sessions = new Map<unknown, SessionNames>();
  readonly #models = new Map<unknown, string>();
  readonly #paths = new Map<unknown, string>();
  readonly #bills = new Map<string, Values>();
  readonly #repairs = new Map<unknown, Values>();
  readonly #copies = new Map<string, Values>();
  /** Ids of messages that several sessions share, by their row in the other ledger. */
  readonly #copied = new Map<unknown, Pick<Row, "id" | "request"> | undefined>();
  /** A bit for each row that was copied. */
  #seen = new Uint8Array(1 << 12);

  constructor(db: Database) {
    this.#db = db;
    this.#writer = new MessageWriter(db);
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  get models(): number {
    return this.#models.size;
  }

  /** Bills with a known session. */
  get bills(): number {
    let owned = 0;
    for (const { session } of this.#bills.values()) if (this.#sessions.has(session)) owned++;
    return owned;
  }

  /** Add rows read by SQLite. Names before messages. */
  add(table: DigestedName, rows: readonly Values[]): void {
    if (table === "messages") {
      this.#addMessages(rows);
      return;
    }
    for (const row of rows) this.#keep(table, row);
  }

  /** Add rows found in pages, unless they were added before. */
  addCarved(carved: Iterable<Carved>, which: "names" | "messages"): void {
    const messages: Values[] = [];
    for (const { table, row } of carved) {
      if (table === "messages") {
        if (which === "messages" && !this.hasCopied(row.seq as number)) messages.push(row);
      } else if (which === "names") this.#keep(table, row);
    }
    this.#addMessages(messages);
  }

  /** Write what was collected. */
  finish(): void {
    this.#writer.transaction(0, () => {
      const insert = this.#db.query(
        "insert or ignore into bills (session, at, run, total, since, models) values (?, ?, ?, ?, ?, ?)",
      );
      for (const { session: id, at, run, total, since, models } of this.#bills.values()) {
        const session = this.#sessions.get(id);
        // Without its session it would count twice once the transcript is read again.
        if (!session) continue;
        const { name, project } = session;
        const values = [at, run, total, since, models] as (string | number | null)[];
        insert.run(this.#writer.session(name, project, false), ...values);
      }
      this.#writeCopies();
      this.#db.run("insert or ignore into unresolved (session) select distinct session from bills");
      const keep = this.#db.query("insert into repairs (at, kept, report, acknowledged) values (?, ?, ?, ?)");
      for (const { at, kept, report, acknowledged } of this.#repairs.values())
        keep.run(at as number, kept as string, report as string, acknowledged as number);
      seal(this.#db);
    });
  }

  #writeCopies(): void {
    const find = this.#db.query(
      "select seq from messages where hash = ? and id = ? order by request = ? desc, seq limit 1",
    );
    const add = this.#db.query("insert or ignore into copies (message, session) values (?, ?)");
    for (const { message, session: id } of this.#copies.values()) {
      const known = this.#copied.get(message);
      const session = this.#sessions.get(id);
      if (!known || !session) continue;
      const hash = Bun.hash.xxHash32(known.id);
      const seq = find.values(hash, known.id, known.request)[0]?.[0] as number | undefined;
      if (seq !== undefined) add.run(seq, this.#writer.session(session.name, session.project, false));
    }
  }

  /** Keep the first version of a row: SQLite's is the newest. */
  #keep(table: Exclude<DigestedName, "messages">, row: Values): void {
    if (table === "bills") {
      const key = `${row.session} ${row.at} ${row.run}`;
      if (!this.#bills.has(key)) this.#bills.set(key, row);
      return;
    }
    if (table === "copies") {
      this.#copies.set(`${row.message} ${row.session}`, row);
      this.#copied.set(row.message, undefined);
      return;
    }
    const keep = <Value>(map: Map<unknown, Value>, value: Value) => {
      if (!map.has(row.id)) map.set(row.id, value);
    };
    if (table === "sessions") keep(this.#sessions, row as unknown as SessionNames);
    else if (table === "models") keep(this.#models, String(row.name));
    else if (table === "files") keep(this.#paths, String(row.path));
    else if (table === "repairs") keep(this.#repairs, row);
  }

  #addMessages(rows: readonly Values[]): void {
    if (rows.length === 0) return;
    this.#writer.transaction(Number.POSITIVE_INFINITY, () => {
      for (const row of rows) {
        if (this.#copied.has(row.seq))
          this.#copied.set(row.seq, { id: row.id as string, request: row.request as string });
        const isNew = !this.hasCopied(row.seq as number);
        // Its transcript will be read again, with the names.
        if (this.#willBeReadAgain(row)) continue;
        if (isNew) {
          this.messages++;
          if (!this.#sessions.has(row.session) || !this.#models.has(row.model)) this.nameless++;
        }
        this.#see(row.seq as number);
        const session = this.#sessions.get(row.session);
        const { name, project, own } = session ?? {
          name: `recovered-${row.session}`,
          project: "unknown",
          own: 0,
        };
        const model = this.#models.get(row.model) ?? `recovered-${row.model}`;
        this.#writer.addRow(messageRow(row), { name, project, own: own === 1 }, model);
      }
    });
  }

  #willBeReadAgain(row: Values): boolean {
    if (this.#sessions.has(row.session) && this.#models.has(row.model)) return false;
    return existsSync(this.#paths.get(row.file) ?? "");
  }

  hasCopied(seq: number): boolean {
    return (((this.#seen[seq >> 3] ?? 0) >> (seq & 7)) & 1) === 1;
  }

  #see(seq: number): void {
    const at = seq >> 3;
    if (at >= this.#seen.length) {
      const larger = new Uint8Array(at * 2);
      larger.set(this.#seen);
      this.#seen = larger;
    }
    this.#seen[at] = (this.#seen[at] as number) | (1 << (seq & 7));
  }
}
