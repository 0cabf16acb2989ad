/**
 * The sums beside the messages: one rollup for all messages of a slot, session, model and class. What is added within a
 * transaction is summed up here and written once, at its end.
 */
import type { Database, Statement } from "bun:sqlite";
import { COUNT_COLUMNS, countValues } from "./counts.ts";
import type { Row } from "./message-row.ts";
import { keyOf, type RollupKey, RollupSums } from "./rollup-sums.ts";
import { CLASS } from "./schema.ts";
import { slotEnd, slotOf, slotStart } from "./slots.ts";

export class RollupWriter {
  readonly #statements: Record<keyof typeof SQL, Statement>;
  #sums = new RollupSums();
  /** Rollups that lost a message: their sums are made anew from what is left. */
  #stale = new Map<string, RollupKey>();

  constructor(db: Database) {
    this.#statements = {
      add: db.query(SQL.add),
      drop: db.query(SQL.drop),
      make: db.query(SQL.make),
    };
  }

  /** Count a message that the ledger did not have. */
  add(row: Row): void {
    this.#sums.add(row);
  }

  /** A message of this row's rollup was changed or taken away. */
  spoil(row: Row): void {
    const group = { slot: slotOf(row.at), session: row.session, model: row.model, class: row.flags & CLASS };
    this.#stale.set(keyOf(group), group);
  }

  /** Write what has been summed up. Within the transaction that wrote the messages. */
  flush(): void {
    for (const [key, sum] of this.#sums.all) {
      if (this.#stale.has(key)) continue;
      this.#statements.add.run(
        sum.slot,
        sum.session,
        sum.model,
        sum.class,
        sum.messages,
        sum.firstAt,
        sum.lastAt,
        ...countValues(sum),
        sum.cost,
      );
    }
    for (const key of this.#stale.values()) {
      this.#statements.drop.run(key.slot, key.session, key.model, key.class);
      this.#statements.make.run(
        key.slot,
        key.class,
        slotStart(key.slot),
        slotEnd(key.slot),
        key.session,
        key.model,
        CLASS,
        key.class,
      );
    }
    this.forget();
  }

  /** Forget what has been summed up: its messages were rolled back. */
  forget(): void {
    this.#sums = new RollupSums();
    this.#stale = new Map();
  }
}

const GROUP = "slot, session, model, class, messages, first_at, last_at";

const SQL = {
  add: `insert into rollups (${GROUP}, ${COUNT_COLUMNS}, cost)
    values (?, ?, ?, ?, ?, ?, ?, ${COUNT_COLUMNS.map(() => "?")}, ?)
    on conflict do update set messages = messages + excluded.messages,
      first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at),
      ${[...COUNT_COLUMNS, "cost"].map((column) => `${column} = ${column} + excluded.${column}`)}`,
  drop: "delete from rollups where slot = ? and session = ? and model = ? and class = ?",
  make: `insert into rollups (${GROUP}, ${COUNT_COLUMNS}, cost)
    select ?, session, model, ?, count(*), min(at), max(at), ${COUNT_COLUMNS.map((column) => `sum(${column})`)},
      total(cost)
    from messages where at >= ? and at < ? and session = ? and model = ? and flags & ? = ?
    group by session, model`,
} as const;
