/** Money from the ledger. */
import { claudeDirectories } from "../claude/directories.ts";
import { type Ledger, openLedger } from "../ledger/index.ts";
import { tryLock } from "../process/flock.ts";
import { identify } from "../process/identity.ts";
import { indexerLock } from "../state/locks.ts";
import type { AccountUsage, SessionUsage } from "../state/schema.ts";
import type { Money, MoneyOptions } from "./money.ts";

/** An index that is not done by then goes on in the next pass; until it is, figures are marked partial. */
const INDEX_MS = 20_000;

export class LedgerMoney implements Money {
  readonly #options: MoneyOptions;
  readonly #stop = new AbortController();
  #ledger: Ledger | undefined;
  #index: Promise<void> | undefined;
  /** Another pass is reading the history: whether it has come to its end is not known. */
  #leftToOthers = false;

  constructor(options: MoneyOptions) {
    this.#options = options;
  }

  index(): Promise<void> {
    this.#index ??= this.#readOn();
    return this.#index;
  }

  async account(before: AccountUsage | null | undefined, fiveHourResetsAt?: number): Promise<AccountUsage> {
    const usage = this.#open().accountUsage({
      now: this.#options.now,
      ...(fiveHourResetsAt === undefined ? {} : { fiveHourResetsAt }),
    });
    const partial = this.#leftToOthers && (before == null || before.partial);
    return partial ? { ...usage, partial: true } : usage;
  }

  async session(sessionId: string): Promise<SessionUsage> {
    return this.#open().sessionUsage(sessionId);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    // Its failure was reported by whoever waited for it.
    await this.#index?.catch(() => {});
    this.#ledger?.[Symbol.dispose]();
    this.#ledger = undefined;
  }

  async #readOn(): Promise<void> {
    const { paths, request, env, note, reindex, onProgress } = this.#options;
    const ledger = this.#open();
    this.#recordBill(ledger);
    using lock = tryLock(indexerLock(paths), { command: "gather: index" });
    this.#leftToOthers = lock === undefined;
    if (!lock) return;
    const directories = [
      ...new Set([
        ...claudeDirectories(env),
        ...(request.claudeDir === undefined ? [] : [request.claudeDir]),
      ]),
    ];
    const options = {
      signal: AbortSignal.any([this.#stop.signal, this.#options.signal]),
      ...(onProgress && {
        onProgress: (progress: { bytesRead: number; bytesTotal: number }) =>
          onProgress(progress.bytesRead, progress.bytesTotal),
      }),
    };
    const result = reindex
      ? await ledger.reindex(directories, options)
      : await ledger.index(directories, { ...options, maxMs: INDEX_MS });
    for (const { path, reason } of result.unreadable) note(`the ledger cannot read ${path}: ${reason}`);
    this.#tellOfRepair(ledger);
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
    if (!repair) return;
    const { messages, bills, lost } = repair.recovered;
    this.#options.note(
      `the ledger was damaged${repair.movedTo === undefined ? "" : ` and is kept as ${repair.movedTo}`}; ` +
        `${messages} messages and ${bills} bills were saved from it${lost ? ", not everything" : ""}`,
    );
  }
}
