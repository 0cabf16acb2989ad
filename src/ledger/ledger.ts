/** An open ledger. @see index.ts */
import { rmSync } from "node:fs";
import type { AccountUsage, BlockUsage, SessionUsage } from "../state/schema.ts";
import { type Bill, newestModelBills, recordPayloadBill } from "./bills.ts";
import { BLOCK_MS, burn, findBlocks, isActive } from "./blocks.ts";
import { type LedgerFile, moveAside, openFile, openToRead, whileRepairing } from "./database.ts";
import { sessionsElsewhere } from "./elsewhere.ts";
import { DamageError, isBusy, isDamage, LedgerError } from "./errors.ts";
import { type Behind, type IndexOptions, type IndexResult, indexPass, whatIsBehind } from "./index-pass.ts";
import { LearnedPrices, type PriceSample } from "./learned-prices.ts";
import { costAt, type KeptRates, PublishedPrices, type UserPrice } from "./prices.ts";
import { copy, type Recovered, recover } from "./recovery.ts";
import { SLOT_MS, slotOf, slotStart } from "./slots.ts";
import { type CostMode, loadRollups, modelNames, Pricing, type Rollup, sumMessages, Tally } from "./sums.ts";
import { type Settlement, settle } from "./unattributed.ts";
import { verifyWhole } from "./verify.ts";
import { DAY_MS, dayName, dayOf, dayStart, localZone, namedZone, type Zone } from "./zones.ts";

/** How a ledger is opened. */
export interface OpenOptions {
  /** The user's own prices, by model. */
  readonly prices?: Readonly<Record<string, UserPrice>>;
  readonly mode?: CostMode;
  /** How long to wait for another process that writes. Milliseconds; default 10,000. */
  readonly patienceMs?: number;
  /** Only look: nothing is written, made, brought up to date or repaired. */
  readonly readOnly?: boolean;
}

/** What was done about a ledger that was damaged. */
export interface Repair {
  /** Where the damaged file is kept. */
  readonly movedTo: string;
  readonly recovered: Recovered;
}

/** What the account's figures are asked for. */
export interface AccountQuery {
  /** Unix milliseconds. */
  readonly now: number;
  /** Days are those of this zone: a name, or one that was looked up; the process's own when absent. */
  readonly timezone?: string | Zone;
  /** When the client's five-hour window ends (`rate_limits.five_hour.resets_at`). Unix milliseconds. */
  readonly fiveHourResetsAt?: number;
  /** The account's Claude Code directories: what sessions in others cost is not its own. All when absent. */
  readonly directories?: readonly string[];
}

/** A published price that the client's bills do not agree with. */
export interface PriceCheck {
  readonly model: string;
  /** What the billed tokens cost at our price, and what the client said. USD. */
  readonly ourUsd: number;
  readonly billedUsd: number;
}

/**
 * Open the ledger at `path`, or make it.
 * @throws LedgerError when it cannot be used; a damaged one is moved aside instead, and `repair` tells of it
 */
export const openLedger = (path: string, options: OpenOptions = {}): Ledger => new Ledger(path, options);

export class Ledger implements Disposable {
  readonly path: string;
  /** Set once this ledger was found to be damaged. */
  repair: Repair | undefined;
  readonly #published: PublishedPrices;
  readonly #mode: CostMode;
  readonly #patienceMs: number | undefined;
  readonly #readOnly: boolean;
  #file: LedgerFile;
  #partial = false;

  constructor(path: string, { prices, mode = "auto", patienceMs, readOnly = false }: OpenOptions = {}) {
    this.path = path;
    this.#patienceMs = patienceMs;
    this.#readOnly = readOnly;
    this.#published = new PublishedPrices(prices, {
      load: () => this.#keptRates(),
      save: (kept) => this.#keepRates(kept),
    });
    this.#mode = mode;
    this.#file = this.#openOrReplace();
  }

  [Symbol.dispose](): void {
    this.#published.save();
    this.#file.db.close(true);
  }

  #keptRates(): KeptRates | undefined {
    const text = this.#file.db.query("select value from meta where key = 'rates'").values()[0]?.[0];
    return typeof text === "string" ? (JSON.parse(text) as KeptRates) : undefined;
  }

  #keepRates(kept: KeptRates): void {
    if (this.#readOnly) return;
    try {
      this.#file.db
        .query("insert or replace into meta (key, value) values ('rates', ?)")
        .run(JSON.stringify(kept));
    } catch (error) {
      // They are only kept to save time. Whatever is wrong with the ledger shows where it matters.
      if (!isBusy(error) && !isDamage(error)) throw error;
    }
  }

  /** The database, for this room's reports. */
  get db() {
    return this.#file.db;
  }

  /**
   * Read what was appended to the transcripts below the directories since the last pass.
   * @throws LedgerError when the ledger cannot be written
   */
  async index(directories: readonly string[], options: IndexOptions = {}): Promise<IndexResult> {
    const now = Date.now();
    if (this.#guard((db) => lastCheck(db)) < now - DAY_MS) this.check(now);
    const result = await this.#readOn(directories, options);
    this.#partial = !result.complete;
    return result;
  }

  /** Transcripts below the directories with something that no pass has read yet. */
  behind(directories: readonly string[]): Behind {
    return this.#guard((db) => whatIsBehind(db, directories));
  }

  /**
   * Look for damage in the whole file, and repair it. A pass does this once a day: what is damaged shows only where it
   * is read, and what is never read would never be rebuilt.
   */
  check(now: number): void {
    this.#guard((db) => {
      verifyWhole(db);
      db.query("insert or replace into meta (key, value) values ('checked_at', ?)").run(now);
    });
  }

  /**
   * Read every transcript again from its beginning. Messages whose transcripts are gone stay.
   * What the transcripts say now goes before what the ledger has; both are swapped in one transaction.
   */
  async reindex(directories: readonly string[], options: IndexOptions = {}): Promise<IndexResult> {
    const temporary = `${this.path}.reindex-${process.pid}`;
    try {
      using fresh = new Ledger(temporary);
      const result = await fresh.index(directories, options);
      if (!result.complete) return result;
      copy(this.#file.db, fresh.db);
      fresh.db.run("pragma wal_checkpoint(truncate)");
      this.#replaceContent(temporary);
      return result;
    } finally {
      for (const suffix of ["", "-wal", "-shm"]) rmSync(temporary + suffix, { force: true });
    }
  }

  /**
   * Keep what the client says that a session has cost so far.
   * @param at when the client said so. Unix milliseconds
   */
  recordBill(sessionId: string, bill: Bill, at: number): void {
    if (!(bill.totalUsd >= 0) || !Number.isFinite(bill.totalUsd)) return;
    this.#guard((db) =>
      db
        .transaction(() => {
          db.query("insert into sessions (name, project, own) values (?, '', 0) on conflict do nothing").run(
            sessionId,
          );
          const [id] = db.query("select id from sessions where name = ?").values(sessionId)[0] as [number];
          recordPayloadBill(db, id, bill, Math.round(at));
        })
        .immediate(),
    );
  }

  /** What one session has cost, subagents included. */
  sessionUsage(sessionId: string): SessionUsage {
    return this.#guard((db) => {
      const id = db.query("select id from sessions where name = ?").values(sessionId)[0]?.[0] as
        | number
        | undefined;
      if (id === undefined) return new Tally().spend();
      const pricing = this.pricing();
      const rollups = loadRollups(db, "session = ?", id);
      const settlement = settle(db, rollups, pricing, id).get(id);
      const tally = new Tally();
      for (const rollup of rollups) tally.add(rollup, pricing.cost(rollup));
      if (!settlement) return tally.spend();
      for (const booking of settlement.bookings) tally.addUnattributed(booking);
      // A figure that the client itself gives is no estimate.
      if (settlement.settled) tally.priced = "exact";
      return { ...tally.spend(), billUsd: settlement.billUsd };
    });
  }

  /** Today, the seven days up to it, and the block that runs. */
  accountUsage(query: AccountQuery): AccountUsage {
    return this.#guard((db) => {
      const { now } = query;
      const zone = zoneOf(query.timezone);
      const day = dayOf(now, zone);
      const todayAt = dayStart(day, zone);
      const weekAt = dayStart(day - 6, zone);
      const tomorrowAt = dayStart(day + 1, zone);
      // A block that runs now may have begun, by an unbroken chain of others, before the week did.
      const from = slotOf(Math.min(weekAt, now - 8 * DAY_MS));
      const pricing = this.pricing();
      const others = sessionsElsewhere(db, query.directories, slotStart(from));
      const isOurs = ({ session }: { readonly session: number }) => !others.has(session);
      const rollups = loadRollups(
        db,
        "slot >= ? or session in (select session from bills where at >= ?)",
        from,
        weekAt,
      ).filter(isOurs);
      const settlements = settle(db, rollups, pricing);
      for (const session of others) settlements.delete(session);
      const sum = (startAt: number, endAt: number, parts: readonly Rollup[]) =>
        tallyUp(startAt, endAt, parts, settlements, pricing);
      const recent = rollups.filter((rollup) => rollup.slot >= from);
      const block = this.#block(recent, query, isOurs, sum);
      return {
        day: dayName(day),
        today: sum(todayAt, tomorrowAt, within(recent, todayAt, tomorrowAt)).spend(),
        ...(block ? { block } : {}),
        week: sum(weekAt, tomorrowAt, within(recent, weekAt, tomorrowAt)).spend(),
        ...(this.#partial ? { partial: true } : {}),
      };
    });
  }

  #block(
    rollups: readonly Rollup[],
    { now, fiveHourResetsAt }: AccountQuery,
    isOurs: (rollup: Rollup) => boolean,
    sum: (startAt: number, endAt: number, parts: readonly Rollup[]) => Tally,
  ): BlockUsage | undefined {
    const told =
      fiveHourResetsAt !== undefined && fiveHourResetsAt > now && fiveHourResetsAt - now <= BLOCK_MS;
    let startAt: number;
    let endAt: number;
    let parts: readonly Rollup[];
    if (told) {
      endAt = fiveHourResetsAt;
      startAt = endAt - BLOCK_MS;
      parts = sumMessages(this.#file.db, startAt, endAt).filter(isOurs);
      if (parts.length === 0) return undefined;
    } else {
      const last = findBlocks(rollups.filter((rollup) => rollup.firstAt <= now)).at(-1);
      if (!last) return undefined;
      const lastAt = Math.max(...last.rollups.map((rollup) => rollup.lastAt));
      if (!isActive(last, lastAt, now)) return undefined;
      ({ startAt, endAt } = last);
      parts = last.rollups;
    }
    const tally = sum(startAt, endAt, parts);
    const rate = burn(tally, endAt, now);
    return {
      ...tally.spend(),
      startAt,
      endAt,
      endIsKnown: told,
      ...(rate
        ? {
            burnUsdPerHour: rate.usdPerHour,
            tokensPerMinute: rate.tokensPerMinute,
            projectedUsd: rate.projectedUsd,
          }
        : {}),
    };
  }

  /** The names that the ledger has, for whoever asks for one of them. */
  names(): { projects: string[]; models: string[] } {
    return this.#guard((db) => ({
      projects: db
        .query("select distinct project from sessions where project <> '' order by 1")
        .values()
        .flat() as string[],
      models: [
        ...new Set(
          loadRollups(db, "true group by model, class").map((rollup) => this.pricing().modelLabel(rollup)),
        ),
      ].sort(),
    }));
  }

  /** Published prices that differ from what the client bills by more than `tolerance`. */
  priceChecks(tolerance = 0.02): PriceCheck[] {
    return this.#guard((db) => {
      const sums = new Map<string, { ourUsd: number; billedUsd: number }>();
      for (const { at, models } of newestModelBills(db)) {
        for (const [model, bill] of Object.entries(models)) {
          const rates = this.#published.rates(model, at, { fast: false, long: false });
          if (rates.priced !== "exact" || !(bill.costUsd > 0)) continue;
          const sum = sums.get(model) ?? { ourUsd: 0, billedUsd: 0 };
          sum.ourUsd += costAt(rates, bill);
          sum.billedUsd += bill.costUsd;
          sums.set(model, sum);
        }
      }
      return [...sums]
        .filter(([, { ourUsd, billedUsd }]) => Math.abs(ourUsd - billedUsd) > tolerance * billedUsd)
        .map(([model, sum]) => ({ model, ...sum }));
    });
  }

  /** Models without a price that is published or set: reports mark what they cost. */
  uncertainPrices(): { readonly model: string; readonly priced: "estimated" | "unpriced" }[] {
    return this.#guard((db) => {
      const pricing = this.pricing();
      const found = new Map<string, "estimated" | "unpriced">();
      for (const rollup of loadRollups(db, "true group by model, class")) {
        const { priced } = pricing.cost(rollup);
        if (priced !== "exact") found.set(pricing.modelLabel(rollup), priced);
      }
      return [...found].map(([model, priced]) => ({ model, priced }));
    });
  }

  /** Models of sessions whose messages cost more, at our prices, than the client billed: something is wrong there. */
  suspects(): { sessionId: string; models: string[]; excessUsd: number }[] {
    return this.#guard((db) => {
      const pricing = this.pricing();
      const rollups = loadRollups(db);
      const names = new Map(db.query("select id, name from sessions").values() as [number, string][]);
      return [...settle(db, rollups, pricing)]
        .filter(([, { excessUsd, billUsd }]) => excessUsd > Math.max(1e-4, billUsd * 0.005))
        .map(([session, { excessUsd }]) => ({
          sessionId: names.get(session) ?? "",
          models: [
            ...new Set(
              rollups.filter((each) => each.session === session).map((each) => pricing.modelName(each)),
            ),
          ],
          excessUsd,
        }));
    });
  }

  /** Today's prices on this ledger's models, with what its bills have taught. */
  pricing(): Pricing {
    const { db } = this.#file;
    const samples = new Map<string, PriceSample[]>();
    for (const { models } of newestModelBills(db)) {
      for (const [model, bill] of Object.entries(models)) {
        const list = samples.get(model);
        if (list) list.push(bill);
        else samples.set(model, [bill]);
      }
    }
    return new Pricing(modelNames(db), new LearnedPrices(this.#published, samples), this.#mode);
  }

  async #readOn(directories: readonly string[], options: IndexOptions): Promise<IndexResult> {
    try {
      return await indexPass(this.#file.db, directories, options);
    } catch (error) {
      if (!isDamage(error)) throw readable(error, this.path);
      this.#replace();
      return await indexPass(this.#file.db, directories, options);
    }
  }

  /** Run a query; when the ledger turns out to be damaged, repair it and run it again. */
  #guard<Result>(body: (db: LedgerFile["db"]) => Result): Result {
    try {
      return body(this.#file.db);
    } catch (error) {
      if (this.#readOnly && isDamage(error)) throw error;
      if (!isDamage(error)) throw readable(error, this.path);
      this.#replace();
      return body(this.#file.db);
    }
  }

  #replace(): void {
    const { db, inode } = this.#file;
    db.close(true);
    this.#file = this.#afresh(inode);
  }

  #openOrReplace(): LedgerFile {
    if (this.#readOnly) return openToRead(this.path, this.#patienceMs);
    try {
      return openFile(this.path, this.#patienceMs);
    } catch (error) {
      if (!(error instanceof DamageError)) throw readable(error, this.path);
      return this.#afresh(error.inode);
    }
  }

  /** Move the damaged file aside, and save into a new one what can be read of it. */
  #afresh(inode: number): LedgerFile {
    return whileRepairing(this.path, () => {
      const movedTo = moveAside(this.path, inode, Date.now());
      const file = openFile(this.path, this.#patienceMs);
      if (movedTo) this.repair = { movedTo, recovered: recover(movedTo, file.db) };
      return file;
    });
  }

  #replaceContent(from: string): void {
    const { db } = this.#file;
    const tables = ["models", "sessions", "files", "messages", "rollups", "bills"];
    db.query("attach ? as fresh").run(from);
    try {
      db.transaction(() => {
        for (const table of tables) {
          db.run(`delete from main.${table}`);
          db.run(`insert into main.${table} select * from fresh.${table}`);
        }
      }).immediate();
    } finally {
      db.run("detach fresh");
    }
  }
}

const lastCheck = (db: LedgerFile["db"]): number =>
  (db.query("select value from meta where key = 'checked_at'").values()[0]?.[0] as number | undefined) ?? 0;

function zoneOf(timezone: string | Zone | undefined): Zone {
  if (timezone === undefined) return localZone();
  if (typeof timezone !== "string") return timezone;
  const zone = namedZone(timezone);
  if (!zone) throw new LedgerError(`there is no time zone '${timezone}'`);
  return zone;
}

/** Rollups of the slots in a span whose ends are multiples of a slot. */
const within = (rollups: readonly Rollup[], from: number, to: number): Rollup[] => {
  const [first, end] = [slotOf(from), slotOf(Math.ceil(to / SLOT_MS) * SLOT_MS)];
  return rollups.filter((rollup) => rollup.slot >= first && rollup.slot < end);
};

function tallyUp(
  startAt: number,
  endAt: number,
  parts: readonly Rollup[],
  settlements: ReadonlyMap<number, Settlement>,
  pricing: Pricing,
): Tally {
  const tally = new Tally();
  for (const rollup of parts) tally.add(rollup, pricing.cost(rollup));
  for (const { bookings } of settlements.values()) {
    for (const booking of bookings)
      if (booking.at >= startAt && booking.at < endAt) tally.addUnattributed(booking);
  }
  return tally;
}

/** SQLite's own words, with the file's name before them. */
function readable(error: unknown, path: string): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  if (error instanceof LedgerError || typeof code !== "string" || !code.startsWith("SQLITE")) return error;
  return new LedgerError(`${path} cannot be used: ${(error as Error).message}`, { cause: error });
}
