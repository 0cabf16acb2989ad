/** CostSource from the ledger. */
import { claudeDirectories } from "../../claude/directories.ts";
import {
  describeRepair,
  type IndexOptions,
  type Ledger,
  openLedger,
  type Repair,
} from "../../ledger/index.ts";
import { identify } from "../../os/identity.ts";
import { acquire, type Lock } from "../../os/lock/flock.ts";
import { indexerLock } from "../../state/locks.ts";
import type { AccountUsage, SessionUsage } from "../../state/schema.ts";
import { NotYet } from "../part.ts";
import type { CostSource, MoneyOptions } from "./source.ts";

/** An index that is not done by then goes on in the next pass; until it is, figures are marked partial. */
const INDEX_MS = 20_000;

/** A look at the Claude directories that takes longer ends: figures are then marked partial. Milliseconds. */
const LOOK_MS = 10_000;

/**
 * How long a forced pass, and a session that the ledger does not know yet, wait for another pass's index. Milliseconds.
 */
const PATIENCE_MS = 2_000;

/** How much of the history is in the ledger, as far as this pass knows. */
type Extent = "unknown" | "partial" | "complete";

export class LedgerMoney implements CostSource {
  readonly #options: MoneyOptions;
  readonly #stop = new AbortController();
  #ledger: Ledger | undefined;
  #noted: Repair | undefined;
  #index: Promise<void> | undefined;
  /** Unknown while another pass reads the history. */
  #extent: Extent = "unknown";

  constructor(options: MoneyOptions) {
    this.#options = options;
  }

  index(): Promise<void> {
    this.#index ??= this.#lock(this.#options.force ? PATIENCE_MS : 0).then((lock) => this.#readOn(lock));
    return this.#index;
  }

  async account(before: AccountUsage | null | undefined, fiveHourResetsAt?: number): Promise<AccountUsage> {
    const { partial: _, ...usage } = this.#open().accountUsage({
      now: this.#options.now,
      directories: this.#accountDirectories(),
      ...(fiveHourResetsAt === undefined ? {} : { fiveHourResetsAt }),
    });
    return this.#isPartial(before) ? { ...usage, partial: true } : usage;
  }

  async session(sessionId: string, before: SessionUsage | null | undefined): Promise<SessionUsage> {
    let usage = this.#open().sessionUsage(sessionId);
    // Nothing known of it is not the same as nothing spent: another pass may be about to read it.
    if (hasNoTokens(usage) && this.#extent === "unknown") {
      await this.#waitAndReadOn();
      usage = this.#open().sessionUsage(sessionId);
    }
    const partial = this.#isPartial(before);
    if (hasNoTokens(usage) && usage.billUsd === undefined && partial)
      throw new NotYet("the history is still being read");
    return partial ? { ...usage, partial } : usage;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    // Its failure was reported by whoever waited for it.
    await this.#index?.catch(() => {});
    if (this.#ledger) this.#tellOfRepair(this.#ledger);
    this.#ledger?.[Symbol.dispose]();
    this.#ledger = undefined;
  }

  #isPartial(before: { readonly partial?: boolean } | null | undefined): boolean {
    return this.#extent === "unknown"
      ? before == null || before.partial === true
      : this.#extent === "partial";
  }

  async #waitAndReadOn(): Promise<void> {
    const lock = await this.#lock(PATIENCE_MS);
    this.#index = this.#readOn(lock);
    await this.#index;
  }

  /** @returns the indexer's lock; undefined while another pass has it */
  #lock(waitMs: number): Promise<Lock | undefined> {
    const { signal } = this.#stop;
    return acquire(indexerLock(this.#options.paths), { waitMs, signal, command: COMMAND });
  }

  /** @param lock the indexer's; undefined while another pass has it */
  async #readOn(lock: Lock | undefined): Promise<void> {
    try {
      const ledger = this.#open();
      this.#recordBill(ledger);
      if (lock) await this.#indexInto(ledger);
    } finally {
      lock?.release();
    }
  }

  async #indexInto(ledger: Ledger): Promise<void> {
    const { note, force, reindex, request, onProgress, signal } = this.#options;
    const directories = this.#directories();
    const options: IndexOptions = {
      look: force ? "complete" : "active",
      own: request.transcriptPath,
      signal: AbortSignal.any([this.#stop.signal, signal]),
      ...(onProgress && { onProgress: ({ bytesRead, bytesTotal }) => onProgress(bytesRead, bytesTotal) }),
    };
    this.#extent = "partial";
    const result = reindex
      ? await ledger.reindex(directories, options)
      : await ledger.index(directories, {
          ...options,
          maxMs: INDEX_MS,
          ...(force ? {} : { maxLookMs: LOOK_MS }),
        });
    if (result.complete) this.#extent = "complete";
    if (result.cut !== undefined)
      note("the Claude directories are too large for one pass: not every transcript was found");
    for (const { path, reason } of result.unreadable) note(`the ledger cannot read ${path}: ${reason}`);
    this.#tellOfRepair(ledger);
  }

  /** All whose transcripts are read. */
  #directories(): string[] {
    const { request, env } = this.#options;
    const own = request.claudeDir === undefined ? [] : [request.claudeDir];
    return [...new Set([...claudeDirectories(env), ...own])];
  }

  /** Those that share the session's account. */
  #accountDirectories(): string[] {
    const { request, env } = this.#options;
    const usual = claudeDirectories(env);
    const own = request.claudeDir;
    return own === undefined || usual.includes(own) ? usual : [own];
  }

  /** The client's own bill of the session, told apart by the client's process: it survives a resume, not a kill. */
  #recordBill(ledger: Ledger): void {
    const { request, now } = this.#options;
    if (request.sessionId === undefined || request.costUsd === undefined) return;
    const client = request.clientPid === undefined ? undefined : identify(request.clientPid);
    const run = client && `${client.pid}:${client.start}:${client.bootId}`;
    ledger.recordBill(request.sessionId, { totalUsd: request.costUsd, ...(run && { run }) }, now);
  }

  #open(): Ledger {
    if (!this.#ledger) {
      this.#ledger = openLedger(this.#options.paths.ledger, { prices: this.#options.settings.prices });
      this.#tellOfRepair(this.#ledger);
    }
    return this.#ledger;
  }

  #tellOfRepair({ repair }: Ledger): void {
    if (!repair || repair === this.#noted) return;
    this.#noted = repair;
    this.#options.note(describeRepair(repair));
  }
}

const COMMAND = "gather: index";

const hasNoTokens = (usage: SessionUsage): boolean =>
  usage.inputTokens + usage.outputTokens + usage.cacheReadTokens + usage.cacheWriteTokens === 0;
