/** Priced sums of messages, which all figures of the ledger are made of. */
import type { Database } from "bun:sqlite";
import { USAGE_KINDS, type UsageCounts } from "../claude/token-counts.ts";
import type { Priced } from "../state/spend.ts";
import { COUNT_COLUMNS, SELECT_COUNTS, SUM_COUNTS } from "./counts.ts";
import { ImplausibleError } from "./errors.ts";
import { costAt, type PriceClass, type PriceList, type Rates, STANDARD } from "./prices.ts";
import { CLASS, FLAG } from "./schema.ts";
import { SLOT_MS, slotEnd, slotOf, slotStart } from "./slots.ts";
import { DAY_MS, offsetSpans, type Zone } from "./zones.ts";

/** How to price messages: `display` by the cost on old transcript lines, `calculate` by tokens, `auto` by the first known. */
export type CostMode = "auto" | "calculate" | "display";

/** The messages of one slot, session, model and class. */
export interface Rollup extends UsageCounts {
  readonly slot: number;
  readonly session: number;
  readonly model: number;
  readonly class: number;
  readonly messages: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** Sum of the costs on transcript lines that have one. USD. */
  readonly cost: number;
}

/** SQL: the columns of `rollups` with the names of `Rollup`. */
export const ROLLUP = `slot, session, model, class, messages, first_at as firstAt, last_at as lastAt,
  ${SELECT_COUNTS}, cost`;

/** Load rollups by an SQL condition, sorted by slot. @throws ImplausibleError */
export function loadRollups(db: Database, where = "true", ...values: number[]): Rollup[] {
  const rollups = db
    .query(`select ${ROLLUP} from rollups where ${where} order by slot`)
    .all(...values) as Rollup[];
  return plausible(rollups);
}

/**
 * Rollups summed by local day: a report reads hundreds of rows instead of thousands. A sum has the slot of its first
 * rollup, and never spans two UTC days, because prices may change between them.
 * @param bySession sum each session separately; otherwise only those with bills, and all others as session 0
 * @throws ImplausibleError
 */
export function loadDays(
  db: Database,
  zone: Zone,
  { bySession, project }: { bySession: boolean; project?: string | undefined },
): Rollup[] {
  const [first, last] = db.query("select min(slot), max(slot) from rollups").values()[0] as [
    number | null,
    number,
  ];
  if (first === null) return [];
  // SQLite sorts text and blobs after numbers.
  if (!Number.isFinite(first) || !Number.isFinite(last)) throw new ImplausibleError("rollups");
  const session = bySession
    ? "session"
    : "case when session in (select session from bills) then session else 0 end";
  const query = db.query(
    `select min(slot) as slot, ${session} as session, model, class, sum(messages) as messages,
       min(first_at) as firstAt, max(last_at) as lastAt, ${SUM_COUNTS}, sum(cost) as cost,
       ${HAS_ALL_VALUES} as hasAllValues
     from rollups
     where slot >= ?1 and slot < ?2 and (?4 is null or session in (select id from sessions where project = ?4))
     group by (slot / 2 * ${SLOT_MS} + ?3) / ${DAY_MS}, slot / 2 * ${SLOT_MS} / ${DAY_MS}, 2, model, class
     order by 1`,
  );
  const sums: (Rollup & { hasAllValues: number })[] = [];
  for (const span of offsetSpans(zone, slotStart(first), slotEnd(last)))
    sums.push(
      ...(query.all(slotOf(span.from), slotOf(span.to), span.offsetMs, project ?? null) as typeof sums),
    );
  if (sums.some(({ hasAllValues }) => hasAllValues !== 1)) throw new ImplausibleError("rollups");
  return plausible(sums);
}

/**
 * SQL: whether all values of a group have the right type; `sum` would count others as 0. A null makes the sum of its row
 * null, and a sum of text, blobs or fractions is not an integer.
 */
const HAS_ALL_VALUES = `count(messages + cost + ${COUNT_COLUMNS.join(" + ")}) = count(*)
  and typeof(sum(messages) + ${COUNT_COLUMNS.map((column) => `sum(${column})`).join(" + ")}) = 'integer'`;

const INTEGERS = ["slot", "session", "model", "class", "messages", ...USAGE_KINDS] as const;
const NUMBERS = ["firstAt", "lastAt", "cost"] as const;

/** @throws ImplausibleError if a value is not a finite number, or not an integer where it must be one */
function plausible(rollups: Rollup[]): Rollup[] {
  for (const sum of rollups)
    if (
      !INTEGERS.every((key) => Number.isInteger(sum[key])) ||
      !NUMBERS.every((key) => Number.isFinite(sum[key]))
    )
      throw new ImplausibleError("rollups");
  return rollups;
}

/** Sum the messages from one instant up to another (exclusive) by session, model and class; meant for parts of a slot. */
export function sumMessages(db: Database, from: number, to: number): Rollup[] {
  const sums = db
    .query(
      `select 0 as slot, session, model, flags & ${CLASS} as class, count(*) as messages, min(at) as firstAt,
         max(at) as lastAt, ${SUM_COUNTS}, total(cost) as cost
       from messages where at >= ? and at < ? group by session, model, flags & ${CLASS}`,
    )
    .all(from, to) as Rollup[];
  return plausible(sums);
}

/** One session's messages from one instant back to another, newest first, each as a rollup. */
export function messagesBack(db: Database, session: number, from: number, to: number): Rollup[] {
  const messages = db
    .query(
      `select 0 as slot, session, model, flags & ${CLASS} as class, 1 as messages, at as firstAt, at as lastAt,
         ${SELECT_COUNTS}, coalesce(cost, 0) as cost
       from messages where at <= ? and at >= ? and session = ? order by at desc, seq desc`,
    )
    .all(from, to, session) as Rollup[];
  return plausible(messages);
}

/** A cost, and how certain it is. */
export interface Cost {
  readonly usd: number;
  readonly priced: Priced;
}

const FAST_SUFFIX = "-fast";

/** Prices rollups. */
export class Pricing {
  readonly #models: ReadonlyMap<number, string>;
  readonly #prices: PriceList;
  readonly #mode: CostMode;
  /** A cache by model and class: neighbouring rollups have the same rates. */
  readonly #newest = new Map<number, { day: number; rates: Rates }>();

  constructor(models: ReadonlyMap<number, string>, prices: PriceList, mode: CostMode = "auto") {
    this.#models = models;
    this.#prices = prices;
    this.#mode = mode;
  }

  modelName(rollup: Rollup): string {
    return this.#models.get(rollup.model) ?? "unknown";
  }

  /** The model's name; fast mode, which is priced differently, has a suffix. */
  modelLabel(rollup: Rollup): string {
    const name = this.modelName(rollup);
    return (rollup.class & FLAG.fast) === 0 ? name : name + FAST_SUFFIX;
  }

  /** The rates of a model at a time. @param at Unix milliseconds */
  ratesOf(model: string, at: number, kind: PriceClass): Rates {
    return this.#prices.rates(model, at, kind);
  }

  /** The rates of a model's label, standard or fast. @param at Unix milliseconds */
  ratesOfLabel(label: string, at: number): Rates {
    const isName = [...this.#models.values()].includes(label);
    const fast = !isName && label.endsWith(FAST_SUFFIX);
    return this.ratesOf(fast ? label.slice(0, -FAST_SUFFIX.length) : label, at, { ...STANDARD, fast });
  }

  cost(rollup: Rollup): Cost {
    const costed = (rollup.class & FLAG.costed) !== 0;
    if (this.#mode === "display" || (this.#mode === "auto" && costed))
      return { usd: rollup.cost, priced: "exact" };
    const rates = this.#rates(rollup);
    return { usd: costAt(rates, rollup), priced: rates.priced };
  }

  /** Rates change between UTC days only. */
  #rates(rollup: Rollup): Rates {
    const at = rollup.slot === 0 ? rollup.firstAt : slotStart(rollup.slot);
    const day = Math.floor(at / DAY_MS);
    const key = rollup.model * (CLASS + 1) + rollup.class;
    const newest = this.#newest.get(key);
    if (newest?.day === day) return newest.rates;
    const rates = this.#prices.rates(this.modelName(rollup), at, priceClass(rollup.class));
    this.#newest.set(key, { day, rates });
    return rates;
  }
}

/** The price class in a rollup's flags. */
export const priceClass = (kind: number): PriceClass => ({
  fast: (kind & FLAG.fast) !== 0,
  long: (kind & FLAG.long) !== 0,
  partlyLong: (kind & FLAG.partlyLong) !== 0,
  us: (kind & FLAG.us) !== 0,
});

/** The names of all models by row id. */
export const modelNames = (db: Database): Map<number, string> =>
  new Map(db.query("select id, name from models").values() as [number, string][]);
