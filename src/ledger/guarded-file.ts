/** The ledger's file, as one process has it open: damage is repaired, and the failed query runs again. */
import type { Database } from "bun:sqlite";
import { countRows, fingerprintOf, readCloseRecord, writeCloseRecord } from "./close-record.ts";
import { type LedgerFile, openFile, openToRead } from "./database.ts";
import { DamageError, damaged, ImplausibleError, isDamage, LedgerError } from "./errors.ts";
import { resolveForks } from "./fork-resolution.ts";
import { hasReadyFile } from "./repair-lock.ts";
import { type Repair, recordRepair } from "./repairs.ts";
import { replaceDamaged } from "./replace.ts";
import { rebuild, requireIntact, verifyWhole } from "./verify.ts";

export class GuardedFile implements Disposable {
  /** The newest repair by this process. */
  repair: Repair | undefined;
  readonly #path: string;
  readonly #timeoutMs: number | undefined;
  readonly #readOnly: boolean;
  #file: LedgerFile;
  /** The fingerprint of the file when it was last known to be intact. */
  #known: string | undefined;

  /** @throws LedgerError when it cannot be used */
  constructor(path: string, { timeoutMs, readOnly }: { timeoutMs: number | undefined; readOnly: boolean }) {
    this.#path = path;
    this.#timeoutMs = timeoutMs;
    this.#readOnly = readOnly;
    this.#file = readOnly ? openToRead(path, timeoutMs) : this.#open();
  }

  [Symbol.dispose](): void {
    if (this.#readOnly) {
      this.#file.db.close(true);
      return;
    }
    const isOurs = this.#isOurs();
    const rows = isOurs ? this.#countRows() : undefined;
    this.#file.db.close(true);
    if (rows && fingerprintOf(this.#path) !== readCloseRecord(this.#path)?.fingerprint)
      writeCloseRecord(this.#path, rows);
  }

  /** Run a query; if the ledger is damaged, repair it and run the query again. */
  run<Result>(body: (db: Database) => Result): Result {
    const before = this.#file;
    try {
      return body(before.db);
    } catch (error) {
      // A nested query may have repaired the ledger and closed this file.
      if (this.#file === before) this.#repairAfter(error);
      return this.#again(() => body(this.#file.db));
    }
  }

  /** @see run */
  async runLong<Result>(body: (db: Database) => Promise<Result>): Promise<Result> {
    const before = this.#file;
    try {
      return await body(before.db);
    } catch (error) {
      if (this.#file === before) this.#repairAfter(error);
      return await body(this.#file.db);
    }
  }

  /** Check and repair the whole ledger. @throws if read-only: an error with SQLite's code for damage */
  check(): void {
    try {
      this.#checkAndRebuild();
    } catch (error) {
      if (!isDamage(error) && !isBrokenSchema(error)) throw withPath(error, this.#path);
      if (this.#readOnly) throw error;
      this.#replace();
    }
  }

  #checkAndRebuild(): void {
    const { db } = this.#file;
    if (this.#readOnly) {
      requireIntact(db);
      return;
    }
    const wrong = verifyWhole(db);
    if (wrong.size === 0) return;
    const { messages, bills } = countRows(db);
    const repair: Repair = {
      at: Date.now(),
      recovered: { messages, bills, lost: false },
      rebuilt: [...wrong],
    };
    rebuild(db, wrong, () => recordRepair(db, repair));
    resolveForks(db);
    this.repair = repair;
  }

  #open(): LedgerFile {
    const before = fingerprintOf(this.#path);
    let file: LedgerFile;
    try {
      file = openFile(this.#path, this.#timeoutMs);
    } catch (error) {
      if (!(error instanceof DamageError)) throw withPath(error, this.#path);
      return this.#replaceFile(error.inode);
    }
    if (before === undefined || before === readCloseRecord(this.#path)?.fingerprint) {
      this.#known = before;
      return file;
    }
    // Changed by another program, or by a process that was killed.
    if (hasReadyFile(this.#path)) {
      file.db.close(true);
      return this.#replaceFile(file.inode);
    }
    this.#file = file;
    this.check();
    this.#known = before;
    if (fingerprintOf(this.#path) === before) writeCloseRecord(this.#path, countRows(this.#file.db));
    return this.#file;
  }

  #repairAfter(error: unknown): void {
    if (error instanceof LedgerError) throw error;
    const isSurprise =
      isBrokenSchema(error) ||
      error instanceof TypeError ||
      error instanceof RangeError ||
      error instanceof SyntaxError;
    if (this.#readOnly && isDamage(error)) throw error;
    if (this.#readOnly && error instanceof ImplausibleError) throw damaged(error.message);
    if (this.#readOnly || !(isDamage(error) || isSurprise)) throw withPath(error, this.#path);
    if (isDamage(error)) {
      this.#replace();
      return;
    }
    // An implausible value: a check decides whether it is damage.
    const before = this.repair;
    this.check();
    if (this.repair === before) throw withPath(error, this.#path);
  }

  #again<Result>(body: () => Result): Result {
    try {
      return body();
    } catch (error) {
      throw withPath(error, this.#path);
    }
  }

  #replace(): void {
    const { db, inode } = this.#file;
    db.close(true);
    this.#file = this.#replaceFile(inode);
  }

  #replaceFile(inode: number): LedgerFile {
    const { file, repair } = replaceDamaged(this.#path, inode, this.#timeoutMs);
    if (repair) this.repair = repair;
    this.#known = fingerprintOf(this.#path);
    return file;
  }

  /** Whether only Plimsoll has written to the file. */
  #isOurs(): boolean {
    const now = fingerprintOf(this.#path);
    return (
      now !== undefined &&
      (this.#known === undefined ||
        now === this.#known ||
        now === readCloseRecord(this.#path)?.fingerprint ||
        this.#hasWrittenMuch())
    );
  }

  /** So much that a checkpoint may have happened. */
  #hasWrittenMuch(): boolean {
    const [changes] = this.#file.db.query("select total_changes()").values()[0] as [number];
    return changes > 1_000;
  }

  #countRows(): ReturnType<typeof countRows> | undefined {
    try {
      return countRows(this.#file.db);
    } catch {
      // The next check finds the damage.
      return undefined;
    }
  }
}

/** A table or column is missing: the schema is damaged, but SQLite can still parse it. */
const isBrokenSchema = (error: unknown): boolean =>
  (error as { code?: unknown } | null)?.code === "SQLITE_ERROR";

/** An error with the name of the file. */
function withPath(error: unknown, path: string): unknown {
  if (error instanceof ImplausibleError)
    return new LedgerError(`${path} cannot be used: ${error.message}`, { cause: error });
  const code = (error as { code?: unknown } | null)?.code;
  if (error instanceof LedgerError || typeof code !== "string" || !code.startsWith("SQLITE")) return error;
  return new LedgerError(`${path} cannot be used: ${(error as Error).message}`, { cause: error });
}
