/** Sums of messages by slot, session, model and class: the rows of `rollups`. */
import { addUsage, type MutableUsage, NO_USAGE } from "../claude/token-counts.ts";
import type { Row } from "./message-row.ts";
import { CLASS } from "./schema.ts";
import { slotOf } from "./slots.ts";

/** The key of a rollup. */
export interface RollupKey {
  readonly slot: number;
  readonly session: number;
  readonly model: number;
  readonly class: number;
}

/** A rollup that can be added to. */
export interface RollupSum extends RollupKey, MutableUsage {
  messages: number;
  firstAt: number;
  lastAt: number;
  cost: number;
}

/** The fields of a message that are summed or group the sums. */
export type SummedRow = Omit<Row, "seq" | "id" | "request" | "file">;

export class RollupSums {
  /** By `keyOf`. */
  readonly all = new Map<string, RollupSum>();
  /** The rollup of the last message: the next one is usually in it too. */
  #newest: RollupSum | undefined;

  /** Count a message. */
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

  #of(key: RollupKey, at: number): RollupSum {
    const create = () => ({ ...key, messages: 0, firstAt: at, lastAt: at, ...NO_USAGE, cost: 0 });
    return this.all.getOrInsertComputed(keyOf(key), create);
  }
}

export const keyOf = (key: RollupKey): string => `${key.slot} ${key.session} ${key.model} ${key.class}`;
