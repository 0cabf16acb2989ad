/** An open ledger. @see index.ts */
import type { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import type { AccountUsage, SessionUsage } from "../state/parts.ts";
import { type Bill, recordPayloadBill } from "./bills.ts";
import { fingerprintOf } from "./close-record.ts";
import { type AccountQuery, accountUsage, sessionUsage } from "./current-usage.ts";
import { isDamage, LedgerError } from "./errors.ts";
import { resolveForks } from "./fork-resolution.ts";
import { GuardedFile } from "./guarded-file.ts";
import { type Behind, type IndexOptions, type IndexResult, indexPass, whatIsBehind } from "./index-pass.ts";
import { LearnedPrices, priceSamples } from "./learned-prices.ts";
import { keepCheck, keepRates, keptRates, lastCheck } from "./meta.ts";
import { newestModelBills } from "./model-bills.ts";
import { longSamples } from "./premium-parts.ts";
import {
  type ModelPrice,
  modelPrices,
  type Names,
  namesIn,
  type PriceCheck,
  priceChecks,
  type Suspect,
  suspects,
  type UncertainPrice,
  uncertainPrices,
} from "./price-checks.ts";
import { type KeptRates, PublishedPrices, type UserPrice } from "./prices.ts";
import { replaceByReindexed, writeBack } from "./reindex.ts";
import { acknowledge, lossNotice, type Repair, unacknowledged } from "./repairs.ts";
import { type CostMode, modelNames, Pricing } from "./sums.ts";
import { requireIntact } from "./verify.ts";
import { DAY_MS } from "./zones.ts";

/** How a ledger is opened. */
export interface OpenOptions {
  /** The user's own prices, by model. */
  readonly prices?: Readonly<Record<string, UserPrice>>;
  readonly mode?: CostMode;
  /** How long to wait for another process that writes. ms; default 10,000. */
  readonly timeoutMs?: number;
  /** Do not write, create, migrate or repair anything. */
  readonly readOnly?: boolean;
}

/**
 * Open or create the ledger at `path`. A damaged one is replaced: see `repair`.
 * @throws LedgerError when it cannot be used
 */
export const openLedger = (path: string, options: OpenOptions = {}): Ledger => new Ledger(path, options);

export class Ledger implements Disposable {
  readonly path: string;
  readonly #published: PublishedPrices;
  readonly #mode: CostMode;
  readonly #readOnly: boolean;
  readonly #file: GuardedFile;
  #partial = false;

  constructor(path: string, { prices, mode = "auto", timeoutMs, readOnly = false }: OpenOptions = {}) {
    this.path = path;
    this.#readOnly = readOnly;
    this.#published = new PublishedPrices(prices, {
      load: () => this.read(({ db }) => keptRates(db)),
      save: (kept) => this.#keepRates(kept),
    });
    this.#mode = mode;
    this.#file = new GuardedFile(path, { timeoutMs, readOnly });
  }

  [Symbol.dispose](): void {
    try {
      this.#published.save();
    } finally {
      this.#file[Symbol.dispose]();
    }
  }

  /** The newest repair by this process. */
  get repair(): Repair | undefined {
    return this.#file.repair;
  }

  /**
   * Read from the ledger. If it is damaged, it is repaired and `body` runs again: it must not have side effects.
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
      // A cache only: what is wrong with the ledger shows elsewhere.
      if (!(error instanceof LedgerError)) throw error;
    }
  }

  /** Read what was appended to the transcripts below the directories. @throws LedgerError when it cannot be written */
  async index(directories: readonly string[], options: IndexOptions = {}): Promise<IndexResult> {
    const now = Date.now();
    const checkedAt = this.#file.run(lastCheck);
    if (checkedAt < now - DAY_MS || checkedAt > now) this.check(now);
    const result = await this.#file.runLong((db) => indexPass(db, directories, options));
    this.#partial = !result.complete;
    return result;
  }

  /** Transcripts below the directories with unread bytes. */
  behind(directories: readonly string[], maxMs = Number.POSITIVE_INFINITY): Behind {
    return this.#file.run((db) => whatIsBehind(db, directories, maxMs));
  }

  /** Check and repair the whole ledger. A pass does this once a day, as damage only shows where it is read. */
  check(now: number): void {
    this.#file.check();
    this.#file.run((db) => keepCheck(db, now));
  }

  /** Check the whole ledger. @throws an error for which `isDamage` holds when something is wrong */
  verify(): void {
    this.#file.run(requireIntact);
  }

  /** Repairs with losses that the user has not acknowledged. */
  losses(): Repair[] {
    return this.#file.run(unacknowledged);
  }

  /** Acknowledge all losses. @returns how many there were */
  acknowledge(): number {
    return this.#file.run(acknowledge);
  }

  /** Write the log back into the file. @returns whether it could be */
  writeBack(): boolean {
    return this.#file.run(writeBack);
  }

  /** Read every transcript again. Messages of deleted transcripts stay; otherwise transcripts win over the ledger. */
  reindex(directories: readonly string[], options: IndexOptions = {}): Promise<IndexResult> {
    const temporary = `${this.path}.reindex-${process.pid}`;
    return replaceByReindexed(this.#file, temporary, directories, options);
  }

  /** Record the cost that the client reported for a session. @param at Unix milliseconds */
  recordBill(sessionId: string, bill: Bill, at: number): void {
    if (!(bill.totalUsd >= 0) || !Number.isFinite(bill.totalUsd)) return;
    this.#file.run((db) => recordPayloadBill(db, sessionId, bill, Math.round(at)));
    this.#file.run(resolveForks);
  }

  /** The cost of one session, with its subagents. */
  sessionUsage(sessionId: string): SessionUsage {
    return this.read(({ db, pricing }) => sessionUsage(db, pricing(), sessionId));
  }

  /** Today, the last seven days, and the active block. */
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

  /** All projects and models. */
  names(): Names {
    return this.read(({ db, pricing }) => namesIn(db, pricing()));
  }

  /** The prices of the ledger's models. @param at Unix milliseconds */
  modelPrices(at: number): ModelPrice[] {
    return this.read(({ db, pricing }) => modelPrices(db, pricing(), at));
  }

  /** Published prices that differ from the bills by more than `tolerance`, a share of the bill. */
  priceChecks(tolerance = 0.02): PriceCheck[] {
    return this.#file.run((db) => priceChecks(db, this.#published, tolerance));
  }

  /** Models without a published or configured price. */
  uncertainPrices(): UncertainPrice[] {
    return this.read(({ db, pricing }) => uncertainPrices(db, pricing()));
  }

  /** Sessions whose messages cost more at our prices than the client billed. */
  suspects(): Suspect[] {
    return this.read(({ db, pricing }) => suspects(db, pricing()));
  }

  /** Prices, with those learned from bills. */
  pricing(): Pricing {
    return this.read(({ pricing }) => pricing());
  }

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

/** Valid within one `read` only. */
export interface Source {
  readonly db: Database;
  pricing(): Pricing;
}

/**
 * Read the ledger at `path` without writing anything.
 *
 * A ledger that no process has open is read as an immutable file. If another process opened it meanwhile, its writes may
 * look like damage: then it is read again.
 * @throws LedgerError, or SQLite's error, when it cannot be read
 */
export function lookAt<Result>(
  path: string,
  options: Omit<OpenOptions, "readOnly">,
  body: (ledger: Ledger) => Result,
): Result {
  for (;;) {
    const before = fingerprint(path);
    try {
      using ledger = new Ledger(path, { ...options, readOnly: true });
      return body(ledger);
    } catch (error) {
      if (!isDamage(error) || before === fingerprint(path)) throw error;
    }
  }
}

const fingerprint = (path: string): string => `${fingerprintOf(path)} ${existsSync(`${path}-wal`)}`;
