/** The ledger: the only data that must not be lost. */
import { lstatSync } from "node:fs";
import { claudeDirectories } from "../../claude/directories.ts";
import { loadConfig } from "../../config/load.ts";
import {
  checkWhenOpened,
  describeLoss,
  describeRepair,
  isDamage,
  lookAt,
  lossNotice,
  openLedger,
  type Repair,
  VersionError,
} from "../../ledger/index.ts";
import { acquire } from "../../os/lock/flock.ts";
import { configPath, indexerLock } from "../../state/paths.ts";
import { REPAIR_INDEX_MS, REPAIR_WAIT_MS } from "../../state/timeouts.ts";
import {
  bytesText,
  type Check,
  type CheckContext,
  error,
  type Finding,
  type Fix,
  few,
  info,
  ok,
} from "../check.ts";

/** A pass checkpoints the write-ahead log from 32 MB on, unless a reader prevents it. Bytes. */
const LOG_LIMIT = 128e6;

export const ledger: Check = {
  name: "ledger",
  about: "the ledger is an intact database with a small log",
  needsState: true,
  run: (context) => {
    const { paths } = context;
    const facts = lstatSync(paths.ledger, { throwIfNoEntry: false });
    if (facts === undefined) return info("none yet: the first pass creates it");
    if (!facts.isFile()) return unusable(paths.ledger, "not a regular file");
    let losses: Repair[];
    try {
      losses = lookAt(paths.ledger, { timeoutMs: 1_000 }, (open) => {
        open.verify();
        return open.losses();
      });
    } catch (thrown) {
      return problemFinding(thrown as Error, context);
    }
    const log = lstatSync(`${paths.ledger}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    const text = `intact, ${bytesText(facts.size)}, and ${bytesText(log)} not yet written back`;
    const size =
      log <= LOG_LIMIT
        ? ok(text)
        : error(text, {
            hint: "end what keeps it open: 'plimsoll usage live'",
            fix: writeBackFix(context),
          });
    const notice = lossNotice(losses);
    if (notice === undefined) return size;
    return [
      size,
      error(notice, {
        details: few(losses.map(describeRepair)),
        hint: "what transcripts still contain was read again; 'plimsoll doctor --acknowledge' ends this notice",
      }),
    ];
  },
};

function problemFinding(problem: Error, context: CheckContext): Finding {
  if (problem instanceof VersionError)
    return problem.newer
      ? error(`made by a newer Plimsoll: ${problem.message}`, { hint: "update Plimsoll" })
      : info("made by an older Plimsoll: the next pass migrates it");
  const why = problem.message.replace(/\s+/g, " ").trim();
  if (!isDamage(problem)) return unusable(context.paths.ledger, why);
  // The file's times may be unchanged: without this, reports would trust it until the daily check.
  checkWhenOpened(context.paths.ledger);
  return error(`damaged: ${why}`, {
    hint: "'plimsoll doctor --fix' moves it aside, recovers readable rows, and reads the transcripts again",
    fix: (report) => repairLedger(context, report),
  });
}

const unusable = (path: string, why: string): Finding =>
  error(`cannot be used: ${why}`, { hint: `check ${path} and its disk; its contents are not lost` });

const writeBackFix =
  ({ paths }: CheckContext): Fix =>
  (report) => {
    using open = openLedger(paths.ledger, { timeoutMs: 2_000 });
    if (!open.writeBack()) throw new Error("the ledger is being read: its log cannot be written back");
    report("wrote the ledger's log back");
  };

/**
 * Repair a damaged ledger as a pass does when it finds the damage; nothing is deleted. Under the indexer's lock, so that
 * no pass writes to a ledger that is being moved.
 * @throws Error when a pass keeps the lock, LockError, LedgerError
 */
export async function repairLedger(
  { paths, env }: Pick<CheckContext, "paths" | "env">,
  report: Parameters<Fix>[0],
  lockTimeoutMs = REPAIR_WAIT_MS,
): Promise<void> {
  using lock = await acquire(indexerLock(paths), { waitMs: lockTimeoutMs, command: "doctor: repair" });
  if (!lock) throw new Error(`a pass has been using the ledger for ${lockTimeoutMs / 1000} s: try again`);
  const { config } = loadConfig(configPath(env), paths.configCache);
  using open = openLedger(paths.ledger, { prices: config.prices });
  if (!open.repair) open.check(Date.now());
  if (!open.repair) return;
  const { movedTo, recovered } = open.repair;
  if (movedTo === undefined) {
    report(describeRepair(open.repair));
  } else {
    const loss = recovered.lost ? describeLoss(recovered) : "nothing was lost";
    report(`moved the damaged ledger to ${movedTo}`);
    report(`saved ${recovered.messages} messages and ${recovered.bills} bills from it: ${loss}`);
  }
  const { messages, complete } = await open.index(claudeDirectories(env), { maxMs: REPAIR_INDEX_MS });
  report(`read ${messages} more messages from the transcripts${complete ? "" : "; passes read the rest"}`);
}
