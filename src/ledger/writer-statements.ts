/** The statements that write messages, and the digests of what they write. */
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
