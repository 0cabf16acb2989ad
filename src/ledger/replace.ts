/**
 * Replaces a damaged ledger by what can be recovered from it; a kill at any point loses nothing:
 *
 * 1. What can be read is written to `ledger.db.rebuild-<pid>`. The damaged ledger stays in place: after a kill the next
 *    process finds the damage and starts over.
 * 2. The complete new ledger is renamed to `ledger.db.ready-<time>`. From now on it is the ledger.
 * 3. The damaged file and its log are renamed to `ledger.db.damaged-<time>`, the new one to `ledger.db`. Every process
 *    that finds a `ready` file does this first.
 */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { forgetCloseRecord, readCloseRecord } from "./close-record.ts";
import { createFile, type LedgerFile, openFile } from "./database.ts";
import { LedgerError } from "./errors.ts";
import { resolveForks } from "./fork-resolution.ts";
import { recover } from "./recovery.ts";
import { finishReplacing, syncDirectory, whileRepairing } from "./repair-lock.ts";
import { type Repair, recordRepair } from "./repairs.ts";
import { verifyWhole } from "./verify.ts";

/**
 * Replace the ledger at `path`, unless another process has done so.
 * @param inode of the damaged file
 * @returns the new ledger; no repair when another process did it
 * @throws LedgerError when the disk is full or another process repairs for too long; nothing has changed then
 */
export function replaceDamaged(
  path: string,
  inode: number,
  timeoutMs: number | undefined,
): { file: LedgerFile; repair?: Repair } {
  const repair = whileRepairing(path, () => {
    finishReplacing(path);
    if (statSync(path, { throwIfNoEntry: false })?.ino !== inode) return undefined;
    forgetCloseRecord(path);
    const at = Date.now();
    const stamp = new Date(at).toISOString().replace(/[:.]/g, "-");
    const done = { at, movedTo: `${path}.damaged-${stamp}` };
    try {
      const repair = save(path, done);
      renameSync(rebuildOf(path), `${path}.ready-${stamp}`);
      syncDirectory(path);
      finishReplacing(path);
      return repair;
    } catch (error) {
      remove(rebuildOf(path));
      throw new LedgerError(
        `${path} is damaged and cannot be repaired now: ${(error as Error).message}; it stays as it is`,
        { cause: error },
      );
    }
  });
  return { file: openFile(path, timeoutMs), ...(repair && { repair }) };
}

const rebuildOf = (path: string): string => `${path}.rebuild-${process.pid}`;

/** Write a new ledger with what can be read of the old one, and sync it to disk. */
function save(path: string, done: Pick<Repair, "at" | "movedTo">): Repair {
  const target = rebuildOf(path);
  remove(target);
  const db = createFile(target);
  let repair: Repair;
  try {
    repair = { ...done, recovered: recover(path, db, readCloseRecord(path)) };
    resolveForks(db);
    db.transaction(() => recordRepair(db, repair)).immediate();
    const wrong = verifyWhole(db);
    if (wrong.size > 0) throw new Error(`the saved rows are wrong: ${[...wrong].join(", ")}`);
  } finally {
    db.close();
  }
  const fd = openSync(target, "r+");
  fsyncSync(fd);
  closeSync(fd);
  return repair;
}

function remove(path: string): void {
  for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(path + suffix, { force: true });
}
