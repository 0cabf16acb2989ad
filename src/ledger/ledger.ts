/** An open ledger. @see index.ts */
import type { Database } from "bun:sqlite";
import { rmSync } from "node:fs";
import type { AccountUsage, SessionUsage } from "../state/parts.ts";
import { type Bill, newestModelBills, recordPayloadBill } from "./bills.ts";
import { copy } from "./copy-rows.ts";
import { type AccountQuery, accountUsage, sessionUsage } from "./current-usage.ts";
import { seal } from "./digest.ts";
import { damaged, LedgerError } from "./errors.ts";
import { resolveForks } from "./fork-resolution.ts";
import { GuardedFile } from "./guarded-file.ts";
import { type Behind, type IndexOptions, type IndexResult, indexPass, whatIsBehind } from "./index-pass.ts";
import { LearnedPrices, priceSamples } from "./learned-prices.ts";
import { keepCheck, keepRates, keptRates, lastCheck } from "./meta.ts";
import { type ModelPrice, modelPrices } from "./model-prices.ts";
import { type Names, namesIn } from "./names.ts";
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
import { acknowledge, lossNotice, type Repair, unacknowledged } from "./repairs.ts";
import { replaceContent } from "./replace-content.ts";
import { type CostMode, modelNames, Pricing } from "./sums.ts";
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

/**
 * Open the ledger at `path`, or make it.
 * @throws LedgerError when it cannot be used; a damaged one is replaced instead, and `repair` says so
 */
export const openLedger = (path: string, options: OpenOptions = {}): Ledger => new Ledger(path, options);

export class Ledger implements Disposable {
  readonly path: string;
  readonly #published: PublishedPrices;
  readonly #mode: CostMode;
  readonly #readOnly: boolean;
  readonly #file: GuardedFile;
  #partial = false;

  constructor(path: string, { prices, mode = "auto", patienceMs, readOnly = false }: OpenOptions = {}) {
    this.path = path;
    this.#readOnly = readOnly;
    this.#published = new PublishedPrices(prices, {
      load: () => this.read(({ db }) => keptRates(db)),
      save: (kept) => this.#keepRates(kept),
    });
    this.#mode = mode;
    this.#file = new GuardedFile(path, { patienceMs, readOnly });
  }

  [Symbol.dispose](): void {
    try {
      this.#published.save();
    } finally {
      this.#file[Symbol.dispose]();
    }
  }

  /** The newest repair that this process has made. */
  get repair(): Repair | undefined {
    return this.#file.repair;
  }

  /**
   * Read from the ledger. When it turns out to be damaged it is repaired, and `body` runs again: it must not have done
   * anything else by then.
   * @throws LedgerError when it cannot be repaired
   */
  read<Result>(body: (source: Source) => Result): Result {
    return this.#file.run((db) => body({ db, pricing: () => this.#pricing(db) }));
  }

  #keepRates(kept: KeptRates): void {
    if (this.#readOnly) return;
    try {
      this.read(({ db }) => keepRates(db, kept));
    } catch (error) {
      // They are only kept to save time. Whatever is wrong with the ledger shows where it matters.
      if (!(error instanceof LedgerError)) throw error;
    }
  }

  /**
   * Read what was appended to the transcripts below the directories since the last pass.
   * @throws LedgerError when the ledger cannot be written
   */
  async index(directories: readonly string[], options: IndexOptions = {}): Promise<IndexResult> {
    const now = Date.now();
    const checkedAt = this.#file.run(lastCheck);
    if (checkedAt < now - DAY_MS || checkedAt > now) this.check(now);
    const result = await this.#file.runLong((db) => indexPass(db, directories, options));
    this.#partial = !result.complete;
    return result;
  }

  /** Transcripts below the directories with something that no pass has read yet. */
  behind(directories: readonly string[], maxMs = Number.POSITIVE_INFINITY): Behind {
    return this.#file.run((db) => whatIsBehind(db, directories, maxMs));
  }

  /**
   * Check the whole ledger, and repair it; `repair` says what was done. A pass does this once a day: what is damaged shows
   * only where it is read, and what is never read would never be repaired.
   */
  check(now: number): void {
    this.#file.check();
    this.#file.run((db) => keepCheck(db, now));
  }

  /** Check the whole ledger. @throws an error for which `isDamage` holds when something is wrong */
  verify(): void {
    this.#file.run((db) => {
      const wrong = [...verifyWhole(db)];
      if (wrong.length > 0) throw damaged(`${wrong.join(" and ")} do not agree with the messages`);
    });
  }

  /** Repairs that lost something and that the user has not acknowledged. */
  losses(): Repair[] {
    return this.#file.run(unacknowledged);
  }

  /** End the notices of what was lost. @returns how many there were */
  acknowledge(): number {
    return this.#file.run(acknowledge);
  }

  /** Write the log back into the file. @returns whether it could be */
  writeBack(): boolean {
    return this.#file.run((db) => db.query("pragma wal_checkpoint(truncate)").values()[0]?.[0] === 0);
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
      this.#file.check();
      this.#file.run((db) =>
        fresh.#file.run((target) => {
          copy(db, target);
          resolveForks(target);
        }),
      );
      fresh.writeBack();
      this.#file.run((db) => replaceContent(db, temporary));
      return result;
    } finally {
      for (const suffix of ["", "-wal", "-shm", ".seen", ".repair"])
        rmSync(temporary + suffix, { force: true });
    }
  }

  /**
   * Keep what the client says that a session has cost so far.
   * @param at when the client said so. Unix milliseconds
   */
  recordBill(sessionId: string, bill: Bill, at: number): void {
    if (!(bill.totalUsd >= 0) || !Number.isFinite(bill.totalUsd)) return;
    this.#file.run((db) =>
      db
        .transaction(() => {
          db.query("insert into sessions (name, project, own) values (?, '', 0) on conflict do nothing").run(
            sessionId,
          );
          const [id] = db.query("select id from sessions where name = ?").values(sessionId)[0] as [number];
          recordPayloadBill(db, id, bill, Math.round(at));
          seal(db);
        })
        .immediate(),
    );
    this.#file.run(resolveForks);
  }

  /** What one session has cost, subagents included. */
  sessionUsage(sessionId: string): SessionUsage {
    return this.read(({ db, pricing }) => sessionUsage(db, pricing(), sessionId));
  }

  /** Today, the seven days up to it, and the block that runs. */
  accountUsage(query: AccountQuery): AccountUsage {
    return this.read(({ db, pricing }) => {
      const notice = lossNotice(unacknowledged(db));
      return {
        ...accountUsage(db, pricing(), query),
        ...(this.#partial ? { partial: true } : {}),
        ...(notice === undefined ? {} : { notice }),
      };
    });
  }

  /** The names that the ledger has, for whoever asks for one of them. */
  names(): Names {
    return this.read(({ db, pricing }) => namesIn(db, pricing()));
  }

  /** What the models of this ledger's messages cost at a time. @param at Unix milliseconds */
  modelPrices(at: number): ModelPrice[] {
    return this.read(({ db, pricing }) => modelPrices(db, pricing(), at));
  }

  /** Published prices that differ from what the client bills by more than `tolerance`. */
  priceChecks(tolerance = 0.02): PriceCheck[] {
    return this.#file.run((db) => priceChecks(db, this.#published, tolerance));
  }

  /** Models without a price that is published or set: reports mark what they cost. */
  uncertainPrices(): UncertainPrice[] {
    return this.read(({ db, pricing }) => uncertainPrices(db, pricing()));
  }

  /** Models of sessions whose messages cost more, at our prices, than the client billed: something is wrong there. */
  suspects(): Suspect[] {
    return this.read(({ db, pricing }) => suspects(db, pricing()));
  }

  /** Today's prices on this ledger's models, with what its bills have taught. */
  pricing(): Pricing {
    return this.read(({ pricing }) => pricing());
  }

  /** Asked for while prices are worked out, perhaps long after they were made. */
  #longSamples(): ReturnType<typeof longSamples> {
    return this.read(({ db }) => longSamples(db, newestModelBills(db)));
  }

  #pricing(db: Database): Pricing {
    const samples = priceSamples(newestModelBills(db));
    return new Pricing(
      modelNames(db),
      new LearnedPrices(this.#published, samples, () => this.#longSamples()),
      this.#mode,
    );
  }
}

/** What a read has to work with. Neither may be kept beyond it. */
export interface Source {
  readonly db: Database;
  pricing(): Pricing;
}
