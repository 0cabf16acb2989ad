/**
 * The ledger: every assistant message ever seen, once. Session, today, block, week and reports are sums over it, so they
 * cannot contradict each other.
 *
 *   using ledger = openLedger(path, { prices });
 *   await ledger.index(claudeDirectories(process.env), { maxMs: 20_000 });
 *   ledger.recordBill(sessionId, { totalUsd, run }, Date.now());
 *   ledger.accountUsage({ now: Date.now() });
 *
 * One process should index at a time, because two would do the work twice (the caller holds a lock for that); if two do,
 * the result is the same.
 */
export { isDamage, LedgerError, VersionError } from "./errors.ts";
export type { Behind, IndexOptions, IndexProgress } from "./index-pass.ts";
export { Ledger, openLedger } from "./ledger.ts";
export { lookAt } from "./look.ts";
export { type ModelPrice, priceOrigin } from "./model-prices.ts";
export type { Rates } from "./prices.ts";
export { describeLoss, describeRepair, lossNotice, type Repair } from "./repairs.ts";
export type { CostMode } from "./sums.ts";
export { COMPLETE_MS as COMPLETE_LOOK_MS } from "./watch-list.ts";
export { checkWhenOpened } from "./witness.ts";
export { namedZone, type Zone } from "./zones.ts";
