/** The fix for a damaged ledger: what a pass does once it finds the damage. Nothing is deleted. */
import { claudeDirectories } from "../claude/directories.ts";
import { loadConfig } from "../config/load.ts";
import { describeLoss, describeRepair, openLedger } from "../ledger/index.ts";
import { acquire } from "../os/lock/flock.ts";
import { configPath, indexerLock } from "../state/paths.ts";
import type { CheckContext, Fix } from "./check.ts";

/** How long to wait for a pass that is indexing. Milliseconds. */
const PATIENCE_MS = 25_000;
/** How long the transcripts are read at most; passes read the rest. Milliseconds. */
const READ_MS = 60_000;

/**
 * Under the indexer's lock, so that no pass reads transcripts into what is being moved.
 * @param say as for `Fix`
 * @throws Error when a pass does not give the lock up, LockError when it cannot be had, LedgerError
 */
export async function repairLedger(
  { paths, env }: Pick<CheckContext, "paths" | "env">,
  say: Parameters<Fix>[0],
  patienceMs = PATIENCE_MS,
): Promise<void> {
  using lock = await acquire(indexerLock(paths), { waitMs: patienceMs, command: "doctor: repair" });
  if (!lock) throw new Error(`a pass has been at work on the ledger for ${patienceMs / 1000} s: try again`);
  const { config } = loadConfig(configPath(env), paths.configCache);
  using open = openLedger(paths.ledger, { prices: config.prices });
  if (!open.repair) open.check(Date.now());
  if (!open.repair) return;
  const { movedTo, recovered } = open.repair;
  if (movedTo === undefined) {
    say(describeRepair(open.repair));
  } else {
    const all = recovered.lost ? describeLoss(recovered) : "nothing was lost";
    say(`moved the damaged ledger to ${movedTo}`);
    say(`saved ${recovered.messages} messages and ${recovered.bills} bills from it: ${all}`);
  }
  const { messages, complete } = await open.index(claudeDirectories(env), { maxMs: READ_MS });
  say(`read ${messages} more messages from the transcripts${complete ? "" : "; passes read the rest"}`);
}
