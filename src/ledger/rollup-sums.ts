/** Sums of messages by slot, session, model and class: what the rows of `rollups` hold. */
import { addUsage, type MutableUsage, NO_USAGE } from "../claude/token-counts.ts";
import type { Row } from "./message-row.ts";
import { CLASS } from "./schema.ts";
import { slotOf } from "./slots.ts";

/** What the messages of one rollup row share. */
export interface Group {
  readonly slot: number;
  readonly session: number;
  readonly model: number;
  readonly class: number;
}

/** The sums of one rollup row. */
export interface Sum extends Group, MutableUsage {
  messages: number;
  firstAt: number;
  lastAt: number;
  cost: number;
}

/** What of a message is summed up. */
export type SummedRow = Omit<Row, "seq" | "id" | "request" | "file">;

export class RollupSums {
  /** By `keyOf`. */
  readonly all = new Map<string, Sum>();
  /** The rollup that the newest message went to: the next one most often goes there too. */
  #newest: Sum | undefined;

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

  #of(group: Group, at: number): Sum {
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

export const keyOf = (key: Group): string => `${key.slot} ${key.session} ${key.model} ${key.class}`;
