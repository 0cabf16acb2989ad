/**
 * Rollups: sums of messages by slot, session, model and class, written in the same transaction as the messages.
 */

import type { Database, Statement } from "bun:sqlite";
import { addUsage, type MutableUsage, NO_USAGE } from "../claude/token-counts.ts";
import { COUNT_COLUMNS, countValues } from "./counts.ts";
import type { Row } from "./message-row.ts";
import { CLASS } from "./schema.ts";
import { slotEnd, slotOf, slotStart } from "./slots.ts";

/** The key of a rollup. */
export interface RollupKey {
  readonly slot: number;
  readonly session: number;
  readonly model: number;
  readonly class: number;
}

export interface RollupSum extends RollupKey, MutableUsage {
  messages: number;
  firstAt: number;
  lastAt: number;
  cost: number;
}

export type SummedRow = Omit<Row, "seq" | "id" | "request" | "file">;

export class RollupSums {
  /** By `keyOf`. */
  readonly all = new Map<string, RollupSum>();
  /** The rollup of the newest message: most often that of the next one too. */
  #newest: RollupSum | undefined;

  add(row: SummedRow): void {
    const slot = slotOf(row.at);
    const kind = row.flags & CLASS;
    let sum = this.#newest;
    if (
      sum === undefined ||
      sum.slot !== slot ||
      sum.session !== row.session ||
      sum.model !== row.model ||
      sum.class !== kind
    ) {
      sum = this.#of({ slot, session: row.session, model: row.model, class: kind }, row.at);
      this.#newest = sum;
    }
    sum.messages++;
    if (row.at < sum.firstAt) sum.firstAt = row.at;
    if (row.at > sum.lastAt) sum.lastAt = row.at;
    addUsage(sum, row);
    sum.cost += row.cost ?? 0;
  }

  #of(group: RollupKey, at: number): RollupSum {
    const key = keyOf(group);
    let sum = this.all.get(key);
    if (!sum) {
      sum = {
        ...group,
        messages: 0,
        firstAt: at,
        lastAt: at,
        ...NO_USAGE,
        cost: 0,
      };
      this.all.set(key, sum);
    }
    return sum;
  }
}

export const keyOf = (key: RollupKey): string => `${key.slot} ${key.session} ${key.model} ${key.class}`;

/** Adds up what a transaction adds, and writes it at its end. */
export class RollupWriter {
  readonly #statements: Record<keyof typeof SQL, Statement>;
  #sums = new RollupSums();
  /** Rollups that lost a message: they are summed up again from the rest. */
  #stale = new Map<string, RollupKey>();

  constructor(db: Database) {
    this.#statements = {
      add: db.query(SQL.add),
      drop: db.query(SQL.drop),
      make: db.query(SQL.make),
    };
  }

  /** Count a new message. */
  add(row: Row): void {
    this.#sums.add(row);
  }

  /** Mark the rollup of a message that was changed or removed. */
  markStale(row: Row): void {
    const group = { slot: slotOf(row.at), session: row.session, model: row.model, class: row.flags & CLASS };
    this.#stale.set(keyOf(group), group);
  }

  /** Write the sums, in the transaction that wrote the messages. */
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

  /** Drop the sums: the transaction was rolled back. */
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
