/**
 * Sums of messages, with a price on them: what every figure of the ledger is made of.
 */
import type { Database } from "bun:sqlite";
import type { TokenCounts } from "../claude/transcript.ts";
import type { Priced, Spend } from "../state/schema.ts";
import { costAt, type PriceList, worse } from "./prices.ts";
import { FLAG } from "./schema.ts";
import { slotStart } from "./slots.ts";

/** How messages are priced: what old lines said before what their tokens cost, only the one, or only the other. */
export type CostMode = "auto" | "calculate" | "display";

/** The messages of one slot, session, model and class. */
export interface Rollup {
  readonly slot: number;
  readonly session: number;
  readonly model: number;
  readonly class: number;
  readonly messages: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly input: number;
  readonly output: number;
  readonly write5m: number;
  readonly write1h: number;
  readonly read: number;
  readonly searches: number;
  /** What the lines said, of those that did. USD. */
  readonly cost: number;
}

const COLUMNS = `slot, session, model, class, messages, first_at, last_at,
  input, output, write5m, write1h, read, searches, cost`;

/** Rollups that a condition on the table holds for, by slot. */
export function loadRollups(db: Database, where = "true", ...values: number[]): Rollup[] {
  const rows = db.query(`select ${COLUMNS} from rollups where ${where} order by slot`).values(...values);
  return rows.map(toRollup);
}

/** The messages from one instant up to another, summed by session, model and class. For times within a slot. */
export function sumMessages(db: Database, from: number, to: number): Rollup[] {
  const rows = db
    .query(
      `select 0, session, model, flags & 7, count(*), min(at), max(at), sum(input), sum(output), sum(write5m),
         sum(write1h), sum(read), sum(searches), total(cost)
       from messages where at >= ? and at < ? group by session, model, flags & 7`,
    )
    .values(from, to);
  return rows.map(toRollup);
}

function toRollup(row: unknown[]): Rollup {
  const values = row as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return {
    slot: values[0],
    session: values[1],
    model: values[2],
    class: values[3],
    messages: values[4],
    firstAt: values[5],
    lastAt: values[6],
    input: values[7],
    output: values[8],
    write5m: values[9],
    write1h: values[10],
    read: values[11],
    searches: values[12],
    cost: values[13],
  };
}

/** A sum of money and how sure it is. */
export interface Cost {
  readonly usd: number;
  readonly priced: Priced;
}

/** Puts prices on rollups. */
export class Pricing {
  readonly #models: ReadonlyMap<number, string>;
  readonly #prices: PriceList;
  readonly #mode: CostMode;

  constructor(models: ReadonlyMap<number, string>, prices: PriceList, mode: CostMode = "auto") {
    this.#models = models;
    this.#prices = prices;
    this.#mode = mode;
  }

  modelName(rollup: Rollup): string {
    return this.#models.get(rollup.model) ?? "unknown";
  }

  /** The model's name, with a mark for fast mode, which has a price of its own. */
  modelLabel(rollup: Rollup): string {
    const name = this.modelName(rollup);
    return (rollup.class & FLAG.fast) === 0 ? name : `${name}-fast`;
  }

  cost(rollup: Rollup): Cost {
    const costed = (rollup.class & FLAG.costed) !== 0;
    if (this.#mode === "display" || (this.#mode === "auto" && costed))
      return { usd: rollup.cost, priced: "exact" };
    const at = rollup.slot === 0 ? rollup.firstAt : slotStart(rollup.slot);
    const rates = this.#prices.rates(this.modelName(rollup), at, {
      fast: (rollup.class & FLAG.fast) !== 0,
      long: (rollup.class & FLAG.long) !== 0,
    });
    const { input, output, read, write5m, write1h, searches } = rollup;
    return {
      usd: costAt(rates, {
        input,
        output,
        cacheRead: read,
        cacheWrite5m: write5m,
        cacheWrite1h: write1h,
        webSearches: searches,
      }),
      priced: rates.priced,
    };
  }
}

/** A sum that grows. */
export class Tally {
  costUsd = 0;
  priced: Priced = "exact";
  unattributedUsd = 0;
  input = 0;
  output = 0;
  read = 0;
  write5m = 0;
  write1h = 0;
  messages = 0;
  firstAt = Number.POSITIVE_INFINITY;
  lastAt = Number.NEGATIVE_INFINITY;

  add(rollup: Rollup, cost: Cost): void {
    this.costUsd += cost.usd;
    this.priced = worse(this.priced, cost.priced);
    this.input += rollup.input;
    this.output += rollup.output;
    this.read += rollup.read;
    this.write5m += rollup.write5m;
    this.write1h += rollup.write1h;
    this.messages += rollup.messages;
    if (rollup.firstAt < this.firstAt) this.firstAt = rollup.firstAt;
    if (rollup.lastAt > this.lastAt) this.lastAt = rollup.lastAt;
  }

  addUnattributed({ usd, tokens }: { readonly usd: number; readonly tokens?: TokenCounts }): void {
    this.costUsd += usd;
    this.unattributedUsd += usd;
    if (!tokens) return;
    this.input += tokens.input;
    this.output += tokens.output;
    this.read += tokens.cacheRead;
    this.write5m += tokens.cacheWrite5m;
    this.write1h += tokens.cacheWrite1h;
  }

  merge(other: Tally): void {
    this.costUsd += other.costUsd;
    this.priced = worse(this.priced, other.priced);
    this.unattributedUsd += other.unattributedUsd;
    this.input += other.input;
    this.output += other.output;
    this.read += other.read;
    this.write5m += other.write5m;
    this.write1h += other.write1h;
    this.messages += other.messages;
    this.firstAt = Math.min(this.firstAt, other.firstAt);
    this.lastAt = Math.max(this.lastAt, other.lastAt);
  }

  get tokens(): number {
    return this.input + this.output + this.read + this.write5m + this.write1h;
  }

  spend(): Spend {
    return {
      costUsd: this.costUsd,
      priced: this.priced,
      unattributedUsd: this.unattributedUsd,
      inputTokens: this.input,
      outputTokens: this.output,
      cacheReadTokens: this.read,
      cacheWriteTokens: this.write5m + this.write1h,
    };
  }
}

/** The names of all models, by their row. */
export const modelNames = (db: Database): Map<number, string> =>
  new Map(db.query("select id, name from models").values() as [number, string][]);
