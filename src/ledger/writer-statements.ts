/** The statements of the message writer, and the rows that messages refer to: sessions, models, copies. */
import type { Database, Statement } from "bun:sqlite";
import { COUNT_COLUMNS, kindOfColumn, SELECT_COUNTS } from "./counts.ts";
import { digestColumns, digestOf, GROW_MESSAGES } from "./digest.ts";
import type { Row } from "./message-row.ts";

export const digestOfMessage = (hash: number, row: Row): number =>
  digestOf(MESSAGE_COLUMNS.map((column) => (column === "hash" ? hash : row[column])));
const MESSAGE_COLUMNS = digestColumns("messages").map((column) => kindOfColumn(column) as keyof Row | "hash");

const REFERENCES = "session, model, file, at, flags";

/** A row of `messages` as `Row` has it. */
export const MESSAGE = `seq, id, request, ${REFERENCES}, ${SELECT_COUNTS}, cost`;

export type Statements = Record<keyof typeof SQL, Statement>;

const SQL = {
  find: "select seq, id, request, flags from messages where hash = ? order by seq",
  read: `select ${MESSAGE} from messages where seq = ?`,
  last: "select max(seq) from messages",
  digest: "select digest from messages where seq = ?",
  grow: GROW_MESSAGES,
  insert: `insert into messages (seq, hash, id, request, ${REFERENCES}, ${COUNT_COLUMNS}, cost, digest)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  update: `update messages set request = ?, session = ?, model = ?, file = ?, at = ?, flags = ?,
    ${COUNT_COLUMNS.map((column) => `${column} = ?`)}, cost = ?, digest = ? where seq = ?`,
  born: "select born from files where id = ?",
  newer: "select seq, hash from messages where seq > ? order by seq",
  addSession: "insert into sessions (name, project, own) values (?, ?, ?) on conflict do nothing",
  ownSession: "update sessions set project = ?, own = 1 where name = ? and own = 0",
  findSession: "select id, own from sessions where name = ?",
  addModel: "insert into models (name) values (?) on conflict do nothing",
  findModel: "select id from models where name = ?",
} as const;

export function prepare(db: Database): Statements {
  return Object.fromEntries(Object.entries(SQL).map(([name, sql]) => [name, db.query(sql)])) as Statements;
}

/** Each name is looked up once in a transaction. */
export class NameWriter {
  readonly #statements: Statements;
  readonly #sessions = new Map<string, { id: number; own: boolean }>();
  readonly #models = new Map<string, number>();

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** @returns the row of the session, created if missing */
  session(name: string, project: string, own: boolean): number {
    const cached = this.#sessions.get(name);
    if (cached && (cached.own || !own)) return cached.id;
    this.#statements.addSession.run(name, project, own ? 1 : 0);
    if (own) this.#statements.ownSession.run(project, name);
    const [id, isOwn] = this.#statements.findSession.values(name)[0] as [number, number];
    this.#sessions.set(name, { id, own: isOwn === 1 });
    return id;
  }

  /** @returns the row of the model, created if missing */
  model(name: string): number {
    const cached = this.#models.get(name);
    if (cached !== undefined) return cached;
    this.#statements.addModel.run(name);
    const [id] = this.#statements.findModel.values(name)[0] as [number];
    this.#models.set(name, id);
    return id;
  }

  /** Drop the cache: the transaction was rolled back. */
  forget(): void {
    this.#sessions.clear();
    this.#models.clear();
  }
}

/**
 * Adds rows to `copies`: messages in the transcripts of several sessions. A message counts for one session only; a fork
 * starts with a copy of its parent's messages. `copies` lists all sessions that have such a message, its owner included.
 */
export class CopyWriter {
  readonly #add: Statement;
  readonly #unresolved: Statement;
  readonly #seen = new Set<number>();

  constructor(db: Database) {
    this.#add = db.query("insert or ignore into copies (message, session) values (?, ?)");
    this.#unresolved = db.query("insert or ignore into unresolved (session) values (?)");
  }

  /** Two sessions share a message. */
  add(message: number, ...sessions: readonly [number, number]): void {
    for (const session of sessions) {
      this.#add.run(message, session);
      if (this.#seen.has(session)) continue;
      this.#unresolved.run(session);
      this.#seen.add(session);
    }
  }

  /** To be called at the end of each transaction. */
  reset(): void {
    this.#seen.clear();
  }
}
