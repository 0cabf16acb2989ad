/** Cost from the ledger, which the pass first brings up to date. */

import { claudeDirectories } from "../../claude/directories.ts";
import { totalTokens } from "../../claude/token-counts.ts";
import {
  describeRepair,
  type IndexOptions,
  type Ledger,
  openLedger,
  type Repair,
} from "../../ledger/index.ts";
import { identify } from "../../os/identity.ts";
import { acquire } from "../../os/lock/flock.ts";
import type { AccountUsage, SessionUsage } from "../../state/parts.ts";
import { indexerLock } from "../../state/paths.ts";
import { FIND_TRANSCRIPTS_MS, INDEX_MS, INDEX_WAIT_MS } from "../../state/timeouts.ts";
import { type CostContext, type CostSource, NotYet } from "../part.ts";

/** How much of the history is in the ledger; unknown while another pass indexes. */
type Extent = "unknown" | "partial" | "complete";

export class LedgerCost implements CostSource {
  readonly #pass: CostContext;
  readonly #stop = new AbortController();
  #ledger: Ledger | undefined;
  #reported: Repair | undefined;
  #index: Promise<void> | undefined;
  #extent: Extent = "unknown";

  constructor(pass: CostContext) {
    this.#pass = pass;
  }

  index(): Promise<void> {
    this.#index ??= this.#update(this.#pass.force ? INDEX_WAIT_MS : 0);
    return this.#index;
  }

  async account(before: AccountUsage | null | undefined, fiveHourResetsAt?: number): Promise<AccountUsage> {
    const { partial: _, ...usage } = this.#open().accountUsage({
      now: this.#pass.now,
      directories: this.#accountDirectories(),
      ...(fiveHourResetsAt === undefined ? {} : { fiveHourResetsAt }),
    });
    return this.#isPartial(before) ? { ...usage, partial: true } : usage;
  }

  async session(sessionId: string, before: SessionUsage | null | undefined): Promise<SessionUsage> {
    let usage = this.#open().sessionUsage(sessionId);
    // No tokens in the ledger does not mean none were spent: another pass may be about to index them.
    if (hasNoTokens(usage) && this.#extent === "unknown") {
      this.#index = this.#update(INDEX_WAIT_MS);
      await this.#index;
      usage = this.#open().sessionUsage(sessionId);
    }
    const partial = this.#isPartial(before);
    if (hasNoTokens(usage) && usage.billUsd === undefined && partial)
      throw new NotYet("the history is still being read");
    return partial ? { ...usage, partial } : usage;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    // Its error was reported by whoever awaited it.
    await this.#index?.catch(() => {});
    if (this.#ledger) this.#reportRepair(this.#ledger);
    this.#ledger?.[Symbol.dispose]();
    this.#ledger = undefined;
  }

  #isPartial(before: { readonly partial?: boolean } | null | undefined): boolean {
    return this.#extent === "unknown"
      ? before == null || before.partial === true
      : this.#extent === "partial";
  }

  /** Record the client's bill; index the history, unless another pass still does after `waitMs`. */
  async #update(waitMs: number): Promise<void> {
    const { paths, log, force, reindex, request, onProgress, signal } = this.#pass;
    const stop = this.#stop.signal;
    using lock = await acquire(indexerLock(paths), { waitMs, signal: stop, command: "gather: index" });
    const ledger = this.#open();
    this.#recordBill(ledger);
    if (!lock) return;
    const directories = this.#directories();
    const options: IndexOptions = {
      scan: force ? "complete" : "active",
      own: request.payload.transcriptPath,
      signal: AbortSignal.any([stop, signal]),
      ...(onProgress && { onProgress: ({ bytesRead, bytesTotal }) => onProgress(bytesRead, bytesTotal) }),
    };
    this.#extent = "partial";
    const limits = { maxMs: INDEX_MS, ...(force ? {} : { maxScanMs: FIND_TRANSCRIPTS_MS }) };
    const result = reindex
      ? await ledger.reindex(directories, options)
      : await ledger.index(directories, { ...options, ...limits });
    if (result.complete) this.#extent = "complete";
    if (result.cut !== undefined)
      log("the Claude directories are too large for one pass: not every transcript was found");
    for (const { path, reason } of result.unreadable) log(`the ledger cannot read ${path}: ${reason}`);
    this.#reportRepair(ledger);
  }

  /** Those whose transcripts are indexed. */
  #directories(): string[] {
    const { request, env } = this.#pass;
    const own = request.claudeDir === undefined ? [] : [request.claudeDir];
    return [...new Set([...claudeDirectories(env), ...own])];
  }

  /** Those that share the session's account. */
  #accountDirectories(): string[] {
    const { request, env } = this.#pass;
    const usual = claudeDirectories(env);
    const own = request.claudeDir;
    return own === undefined || usual.includes(own) ? usual : [own];
  }

  /** The client's bill of the session, identified by the client's process: it survives a resume, not a kill. */
  #recordBill(ledger: Ledger): void {
    const { request, now } = this.#pass;
    const { sessionId, cost } = request.payload;
    if (sessionId === undefined || cost.usd === undefined) return;
    const client = request.clientPid === undefined ? undefined : identify(request.clientPid);
    const run = client && `${client.pid}:${client.start}:${client.bootId}`;
    ledger.recordBill(sessionId, { totalUsd: cost.usd, ...(run && { run }) }, now);
  }

  #open(): Ledger {
    if (!this.#ledger) {
      this.#ledger = openLedger(this.#pass.paths.ledger, { prices: this.#pass.config.prices });
      this.#reportRepair(this.#ledger);
    }
    return this.#ledger;
  }

  #reportRepair({ repair }: Ledger): void {
    if (!repair || repair === this.#reported) return;
    this.#reported = repair;
    this.#pass.log(describeRepair(repair));
  }
}

const hasNoTokens = (usage: SessionUsage): boolean => totalTokens(usage) === 0;
