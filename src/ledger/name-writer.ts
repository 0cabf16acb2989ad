/** The rows of sessions and models, by their names: each is looked up once in a transaction. */
import type { Statements } from "./writer-statements.ts";

export class NameWriter {
  readonly #statements: Statements;
  readonly #sessions = new Map<string, { id: number; own: boolean }>();
  readonly #models = new Map<string, number>();

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** @returns the row of the session, made if need be */
  session(name: string, project: string, own: boolean): number {
    const cached = this.#sessions.get(name);
    if (cached && (cached.own || !own)) return cached.id;
    this.#statements.addSession.run(name, project, own ? 1 : 0);
    if (own) this.#statements.ownSession.run(project, name);
    const [id, isOwn] = this.#statements.findSession.values(name)[0] as [number, number];
    this.#sessions.set(name, { id, own: isOwn === 1 });
    return id;
  }

  /** @returns the row of the model, made if need be */
  model(name: string): number {
    const cached = this.#models.get(name);
    if (cached !== undefined) return cached;
    this.#statements.addModel.run(name);
    const [id] = this.#statements.findModel.values(name)[0] as [number];
    this.#models.set(name, id);
    return id;
  }

  /** Forget the rows: their transaction was rolled back. */
  forget(): void {
    this.#sessions.clear();
    this.#models.clear();
  }
}
