/** Rows that messages refer to: sessions, models, and the sessions that share a message. */

import type { Database, Statement } from "bun:sqlite";
import type { Statements } from "./writer-statements.ts";

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
