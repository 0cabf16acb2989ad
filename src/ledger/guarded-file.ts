/** The ledger's file for one process: what cannot be read, or is not what was written, is repaired once and read again. */
import type { Database } from "bun:sqlite";
import { type LedgerFile, openFile, openToRead } from "./database.ts";
import { DamageError, damaged, ImplausibleError, isDamage, LedgerError } from "./errors.ts";
import { resolveForks } from "./fork-resolution.ts";
import { rebuild } from "./rebuild.ts";
import { hasReadyFile } from "./repair-lock.ts";
import { type Repair, recordRepair } from "./repairs.ts";
import { replaceDamaged } from "./replace.ts";
import { verifyWhole } from "./verify.ts";
import { countRows, fingerprintOf, readWitness, writeWitness } from "./witness.ts";

export class GuardedFile implements Disposable {
  /** The newest repair by this process. */
  repair: Repair | undefined;
  readonly #path: string;
  readonly #patienceMs: number | undefined;
  readonly #readOnly: boolean;
  #file: LedgerFile;
  /** What the file looked like when it was last known to be whole. */
  #known: string | undefined;

  /** @throws LedgerError when it cannot be used */
  constructor(path: string, { patienceMs, readOnly }: { patienceMs: number | undefined; readOnly: boolean }) {
    this.#path = path;
    this.#patienceMs = patienceMs;
    this.#readOnly = readOnly;
    this.#file = readOnly ? openToRead(path, patienceMs) : this.#open();
  }

  [Symbol.dispose](): void {
    if (this.#readOnly) {
      this.#file.db.close(true);
      return;
    }
    const mayVouch = this.#mayVouch();
    const rows = mayVouch ? this.#countRows() : undefined;
    this.#file.db.close(true);
    if (rows && fingerprintOf(this.#path) !== readWitness(this.#path)?.fingerprint)
      writeWitness(this.#path, rows);
  }

  /** Run a query; when the ledger turns out to be damaged, repair it and run it again. */
  run<Result>(body: (db: Database) => Result): Result {
    const before = this.#file;
    try {
      return body(before.db);
    } catch (error) {
      // A read within this one may have repaired the ledger, and closed what this one was reading.
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

  /**
   * Check the whole ledger, and repair it.
   * @throws in a ledger that is only read: an error with SQLite's code for damage
   */
  check(): void {
    try {
      this.#checkAndRebuild();
    } catch (error) {
      if (!isDamage(error) && !isBrokenSchema(error)) throw readable(error, this.#path);
      if (this.#readOnly) throw error;
      this.#replace();
    }
  }

  #checkAndRebuild(): void {
    const { db } = this.#file;
    const wrong = verifyWhole(db);
    if (wrong.size === 0) return;
    const rebuilt = [...wrong];
    if (this.#readOnly) throw damaged(`${rebuilt.join(" and ")} do not agree with the messages`);
    const { messages, bills } = countRows(db);
    const repair: Repair = { at: Date.now(), recovered: { messages, bills, lost: false }, rebuilt };
    rebuild(db, wrong, () => recordRepair(db, repair));
    resolveForks(db);
    this.repair = repair;
  }

  #open(): LedgerFile {
    const before = fingerprintOf(this.#path);
    let file: LedgerFile;
    try {
      file = openFile(this.#path, this.#patienceMs);
    } catch (error) {
      if (!(error instanceof DamageError)) throw readable(error, this.#path);
      return this.#replaceFile(error.inode);
    }
    if (before === undefined || before === readWitness(this.#path)?.fingerprint) {
      this.#known = before;
      return file;
    }
    // Something else has changed it, or a process that was killed.
    if (hasReadyFile(this.#path)) {
      file.db.close(true);
      return this.#replaceFile(file.inode);
    }
    this.#file = file;
    this.check();
    this.#known = before;
    if (fingerprintOf(this.#path) === before) writeWitness(this.#path, countRows(this.#file.db));
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
    if (this.#readOnly || !(isDamage(error) || isSurprise)) throw readable(error, this.#path);
    if (isDamage(error)) {
      this.#replace();
      return;
    }
    // A value that makes no sense: damage, if the check says so.
    const before = this.repair;
    this.check();
    if (this.repair === before) throw readable(error, this.#path);
  }

  #again<Result>(body: () => Result): Result {
    try {
      return body();
    } catch (error) {
      throw readable(error, this.#path);
    }
  }

  #replace(): void {
    const { db, inode } = this.#file;
    db.close(true);
    this.#file = this.#replaceFile(inode);
  }

  #replaceFile(inode: number): LedgerFile {
    const { file, repair } = replaceDamaged(this.#path, inode, this.#patienceMs);
    if (repair) this.repair = repair;
    this.#known = fingerprintOf(this.#path);
    return file;
  }

  /** Whether the file as it is now is what this process and others of its kind have written. */
  #mayVouch(): boolean {
    const now = fingerprintOf(this.#path);
    return (
      now !== undefined &&
      (this.#known === undefined ||
        now === this.#known ||
        now === readWitness(this.#path)?.fingerprint ||
        this.#hasWrittenMuch())
    );
  }

  /** So much that its log may have been written back meanwhile. */
  #hasWrittenMuch(): boolean {
    const [changes] = this.#file.db.query("select total_changes()").values()[0] as [number];
    return changes > 1_000;
  }

  #countRows(): ReturnType<typeof countRows> | undefined {
    try {
      return countRows(this.#file.db);
    } catch {
      // Damage that shows just now is found by the next check.
      return undefined;
    }
  }
}

/** A table or column of ours is missing: the text of the schema is damaged, and SQLite still understands it. */
const isBrokenSchema = (error: unknown): boolean =>
  (error as { code?: unknown } | null)?.code === "SQLITE_ERROR";

/** SQLite's own words, with the file's name before them. */
function readable(error: unknown, path: string): unknown {
  if (error instanceof ImplausibleError)
    return new LedgerError(`${path} cannot be used: ${error.message}`, { cause: error });
  const code = (error as { code?: unknown } | null)?.code;
  if (error instanceof LedgerError || typeof code !== "string" || !code.startsWith("SQLITE")) return error;
  return new LedgerError(`${path} cannot be used: ${(error as Error).message}`, { cause: error });
}
