/** An open ledger. @see index.ts */
import { rmSync } from "node:fs";
import type { AccountUsage, SessionUsage } from "../state/schema.ts";
import { type Bill, newestModelBills, recordPayloadBill } from "./bills.ts";
import { type AccountQuery, accountUsage, sessionUsage } from "./current-usage.ts";
import { type LedgerFile, moveAside, openFile, openToRead, whileRepairing } from "./database.ts";
import { DamageError, isBusy, isDamage, LedgerError } from "./errors.ts";
import { type Behind, type IndexOptions, type IndexResult, indexPass, whatIsBehind } from "./index-pass.ts";
import { LearnedPrices, type PriceSample } from "./learned-prices.ts";
import { type ModelPrice, modelPrices } from "./model-prices.ts";
import { longSamples } from "./premium-parts.ts";
import {
  type PriceCheck,
  priceChecks,
  type Suspect,
  suspects,
  type UncertainPrice,
  uncertainPrices,
} from "./price-checks.ts";
import { type KeptRates, PublishedPrices, type UserPrice } from "./prices.ts";
import { copy, type Recovered, recover } from "./recovery.ts";
import { type CostMode, loadRollups, modelNames, Pricing } from "./sums.ts";
import { verifyWhole } from "./verify.ts";
import { DAY_MS } from "./zones.ts";

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
    return this.#guard((db) => sessionUsage(db, this.pricing(), sessionId));
  }

  /** Today, the seven days up to it, and the block that runs. */
  accountUsage(query: AccountQuery): AccountUsage {
    return this.#guard((db) => ({
      ...accountUsage(db, this.pricing(), query),
      ...(this.#partial ? { partial: true } : {}),
    }));
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

  /** What the models of this ledger's messages cost at a time. @param at Unix milliseconds */
  modelPrices(at: number): ModelPrice[] {
    return this.#guard((db) => modelPrices(db, this.pricing(), at));
  }

  /** Published prices that differ from what the client bills by more than `tolerance`. */
  priceChecks(tolerance = 0.02): PriceCheck[] {
    return this.#guard((db) => priceChecks(db, this.#published, tolerance));
  }

  /** Models without a price that is published or set: reports mark what they cost. */
  uncertainPrices(): UncertainPrice[] {
    return this.#guard((db) => uncertainPrices(db, this.pricing()));
  }

  /** Models of sessions whose messages cost more, at our prices, than the client billed: something is wrong there. */
  suspects(): Suspect[] {
    return this.#guard((db) => suspects(db, this.pricing()));
  }

  /** Today's prices on this ledger's models, with what its bills have taught. */
  pricing(): Pricing {
    const { db } = this.#file;
    const samples = new Map<string, PriceSample[]>();
    const bills = newestModelBills(db);
    for (const { models } of bills) {
      for (const [model, bill] of Object.entries(models)) {
        const list = samples.get(model);
        if (list) list.push(bill);
        else samples.set(model, [bill]);
      }
    }
    return new Pricing(
      modelNames(db),
      new LearnedPrices(this.#published, samples, () => longSamples(db, bills)),
      this.#mode,
    );
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

/** SQLite's own words, with the file's name before them. */
function readable(error: unknown, path: string): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  if (error instanceof LedgerError || typeof code !== "string" || !code.startsWith("SQLITE")) return error;
  return new LedgerError(`${path} cannot be used: ${(error as Error).message}`, { cause: error });
}
