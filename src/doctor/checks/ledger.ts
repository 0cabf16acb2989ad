/** The ledger: the one thing that must never be lost. */
import { lstatSync } from "node:fs";
import {
  checkWhenOpened,
  describeRepair,
  isDamage,
  lookAt,
  lossNotice,
  openLedger,
  type Repair,
  VersionError,
} from "../../ledger/index.ts";
import {
  bad,
  bytesText,
  type Check,
  type CheckContext,
  type Finding,
  type Fix,
  few,
  good,
  note,
} from "../check.ts";
import { repairLedger } from "../repair-ledger.ts";

/** A pass writes the log back into the ledger from 32 MB on, unless a reader keeps it from doing so. Bytes. */
const LOG_LIMIT = 128e6;

export const ledger: Check = {
  name: "ledger",
  about: "the ledger is a whole database, and its log is small",
  needsState: true,
  run: (surroundings) => {
    const { paths } = surroundings;
    const facts = lstatSync(paths.ledger, { throwIfNoEntry: false });
    if (facts === undefined) return note("there is none yet: the first pass makes it");
    if (!facts.isFile()) return unusable(paths.ledger, "something else has its place");
    let losses: Repair[];
    try {
      losses = lookAt(paths.ledger, { timeoutMs: 1_000 }, (ledger) => {
        ledger.verify();
        return ledger.losses();
      });
    } catch (error) {
      return problemOf(error as Error, surroundings);
    }
    const log = lstatSync(`${paths.ledger}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    const text = `whole, ${bytesText(facts.size)}, and ${bytesText(log)} not yet written back`;
    const size =
      log <= LOG_LIMIT
        ? good(text)
        : bad(text, {
            hint: "end what has it open for long: 'plimsoll usage live'",
            fix: writeBack(surroundings),
          });
    const notice = lossNotice(losses);
    return notice === undefined ? size : [size, lossOf(notice, losses)];
  },
};

const lossOf = (notice: string, losses: readonly Repair[]): Finding =>
  bad(notice, {
    details: few(losses.map(describeRepair)),
    hint: "what transcripts still have was read again; 'plimsoll doctor --acknowledge' ends this notice",
  });

function problemOf(error: Error, surroundings: CheckContext): Finding {
  if (error instanceof VersionError)
    return error.newer
      ? bad(`a newer Plimsoll made it: ${error.message}`, { hint: "use that one, or a newer one, again" })
      : note(`an older Plimsoll made it: the next pass brings it up to date`);
  const why = error.message.replace(/\s+/g, " ").trim();
  if (!isDamage(error)) return unusable(surroundings.paths.ledger, why);
  // The file's times may be as they were: without this, reports would trust it until the check of the day.
  checkWhenOpened(surroundings.paths.ledger);
  return bad(`damaged: ${why}`, {
    hint: "'plimsoll doctor --fix' keeps it aside, saves what it can, and reads the transcripts again",
    fix: (say) => repairLedger(surroundings, say),
  });
}

const unusable = (path: string, why: string): Finding =>
  bad(`cannot be used: ${why}`, {
    hint: `see to ${path} and the disk it lies on; what it holds is not lost`,
  });

const writeBack =
  ({ paths }: CheckContext): Fix =>
  (say) => {
    using open = openLedger(paths.ledger, { timeoutMs: 2_000 });
    if (!open.writeBack()) throw new Error("somebody is reading the ledger: its log cannot be written back");
    say("wrote the ledger's log back");
  };
