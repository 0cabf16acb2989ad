/**
 * The ledger: every assistant message, once. Session, today, block, week and reports are sums over it, so that they
 * cannot contradict each other.
 *
 *   using ledger = openLedger(path, { prices });
 *   await ledger.index(claudeDirectories(process.env), { maxMs: 20_000 });
 *   ledger.recordBill(sessionId, { totalUsd, run }, Date.now());
 *   ledger.accountUsage({ now: Date.now() });
 *
 * Indexing is idempotent, but two processes would do the work twice: the caller holds a lock.
 */

export { checkWhenOpened } from "./close-record.ts";
export { isDamage, LedgerError, VersionError } from "./errors.ts";
export type { Behind, IndexOptions, IndexProgress } from "./index-pass.ts";
export { Ledger, lookAt, openLedger } from "./ledger.ts";
export { type ModelPrice, priceOrigin } from "./price-checks.ts";
export type { Rates } from "./prices.ts";
export { describeLoss, describeRepair, lossNotice, type Repair } from "./repairs.ts";
export type { CostMode } from "./sums.ts";
export { COMPLETE_MS as COMPLETE_SCAN_MS } from "./watch-list.ts";
export { namedZone, type Zone } from "./zones.ts";
