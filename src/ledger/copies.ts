/**
 * Messages that the transcripts of several sessions have. A message counts for one session only; a fork begins with a
 * copy of its parent's messages. `copies` lists every session that has such a message, its owner included.
 */
import type { Database, Statement } from "bun:sqlite";

/** Adds rows to `copies`. */
export class CopyWriter {
  readonly #add: Statement;
  readonly #unresolved: Statement;
  readonly #seen = new Set<number>();

  constructor(db: Database) {
    this.#add = db.query("insert or ignore into copies (message, session) values (?, ?)");
    this.#unresolved = db.query("insert or ignore into unresolved (session) values (?)");
  }

  /** Two sessions have one message. */
  add(message: number, ...sessions: readonly [number, number]): void {
    for (const session of sessions) {
      this.#add.run(message, session);
      if (this.#seen.has(session)) continue;
      this.#unresolved.run(session);
      this.#seen.add(session);
    }
  }

  /** Forget which sessions were marked. Call this at the end of each transaction. */
  reset(): void {
    this.#seen.clear();
  }
}

/**
 * Copy the rows of `copies` from one ledger to another that already has the messages.
 * @param sessionOf the session's row in `to`
 * @throws SQLite's error when `from` is damaged
 */
export function mergeCopies(from: Database, to: Database, sessionOf: (session: number) => number): void {
  const find = to.query(
    "select seq from messages where hash = ? and id = ? order by request = ? desc, seq limit 1",
  );
  const add = to.query("insert or ignore into copies (message, session) values (?, ?)");
  const rows = from
    .query("select m.hash, m.id, m.request, c.session from copies c join messages m on m.seq = c.message")
    .values() as [number, string, string, number][];
  for (const [hash, id, request, session] of rows) {
    const seq = find.values(hash, id, request)[0]?.[0] as number | undefined;
    if (seq !== undefined) add.run(seq, sessionOf(session));
  }
}
