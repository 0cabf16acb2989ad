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
