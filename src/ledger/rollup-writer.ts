/**
 * The sums beside the messages: one rollup for all messages of a slot, session, model and class. What is added within a
 * transaction is summed up here and written once, at its end.
 */
import type { Database, Statement } from "bun:sqlite";
import type { Row } from "./message-row.ts";
import { type Group, keyOf, RollupSums } from "./rollup-sums.ts";
import { CLASS } from "./schema.ts";
import { slotEnd, slotOf, slotStart } from "./slots.ts";

export class RollupWriter {
  readonly #statements: Record<keyof typeof SQL, Statement>;
  #sums = new RollupSums();
  /** Rollups that lost a message: their sums are made anew from what is left. */
  #stale = new Map<string, Group>();

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
        sum.input,
        sum.output,
        sum.write5m,
        sum.write1h,
        sum.read,
        sum.searches,
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

const SUMS = "input, output, write5m, write1h, read, searches, cost";

const SQL = {
  add: `insert into rollups (slot, session, model, class, messages, first_at, last_at, ${SUMS})
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    on conflict do update set messages = messages + excluded.messages,
      first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at),
      input = input + excluded.input, output = output + excluded.output,
      write5m = write5m + excluded.write5m, write1h = write1h + excluded.write1h,
      read = read + excluded.read, searches = searches + excluded.searches, cost = cost + excluded.cost`,
  drop: "delete from rollups where slot = ? and session = ? and model = ? and class = ?",
  make: `insert into rollups (slot, session, model, class, messages, first_at, last_at, ${SUMS})
    select ?, session, model, ?, count(*), min(at), max(at), sum(input), sum(output), sum(write5m), sum(write1h),
      sum(read), sum(searches), total(cost)
    from messages where at >= ? and at < ? and session = ? and model = ? and flags & ? = ?
    group by session, model`,
} as const;
