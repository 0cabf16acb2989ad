/** The statements that write messages, and the digests of what they write. */
import type { Database, Statement } from "bun:sqlite";
import { digestColumns, digestOf, GROW_MESSAGES } from "./digest.ts";
import type { Row } from "./message-row.ts";

/** Every column that `DIGESTED.messages` names, read from the row by its name. */
export const digestOfMessage = (hash: number, row: Row): number =>
  digestOf(MESSAGE_COLUMNS.map((column) => (column === "hash" ? hash : row[column as keyof Row])));
const MESSAGE_COLUMNS = digestColumns("messages");

const COLUMNS = "session, model, file, at, flags, input, output, write5m, write1h, read, searches, cost";

export type Statements = Record<keyof typeof SQL, Statement>;

const SQL = {
  find: "select seq, id, request, flags from messages where hash = ? order by seq",
  read: `select seq, id, request, ${COLUMNS} from messages where seq = ?`,
  last: "select max(seq) from messages",
  digest: "select digest from messages where seq = ?",
  grow: GROW_MESSAGES,
  insert: `insert into messages (seq, hash, id, request, ${COLUMNS}, digest)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  update: `update messages set request = ?, session = ?, model = ?, file = ?, at = ?, flags = ?, input = ?, output = ?,
    write5m = ?, write1h = ?, read = ?, searches = ?, cost = ?, digest = ? where seq = ?`,
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
