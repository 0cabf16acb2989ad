/**
 * The ledger's file: opened with care, replaced when it is damaged (replace.ts), never deleted.
 */
import { constants as access, Database } from "bun:sqlite";
import { closeSync, constants, existsSync, lstatSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { DamageError, isBusy, isDamage, isGone, LedgerError, VersionError } from "./errors.ts";
import { migrate, versionOf } from "./migrate.ts";
import { checkBeforeOpening } from "./preflight.ts";
import { finishReplacing, touch, whileRepairing } from "./repair-lock.ts";
import { SCHEMA_VERSION } from "./schema.ts";

/** An open ledger file, and which one it is: the path may come to name another. */
export interface LedgerFile {
  readonly db: Database;
  readonly inode: number;
}

/** How long a write waits for another process's before it gives up. ms. */
const BUSY_MS = 10_000;
/** How long a file that cannot be opened may be on its way aside. ms. */
const GONE_MS = 300;

/**
 * Open or make the ledger at `path`: owner-only, no symbolic link followed.
 * @param patienceMs how long to wait for another process's writes, now and later
 * @throws LedgerError when it cannot be opened, or a newer Plimsoll made it
 * @throws DamageError when it is not a whole database
 */
export function openFile(path: string, patienceMs = BUSY_MS): LedgerFile {
  const began = performance.now();
  for (;;) {
    const inode = prepare(path);
    let db: Database | undefined;
    try {
      checkBeforeOpening(path);
      db = new Database(path, { readwrite: true, strict: true });
      setUp(db, patienceMs);
      return { db, inode };
    } catch (error) {
      db?.close();
      if (isDamage(error)) throw new DamageError(inode, error);
      // Another process makes it, or moves it aside, at this moment: neither is waited for by SQLite itself.
      const patience = isBusy(error) ? patienceMs : isGone(error) ? GONE_MS : 0;
      if (performance.now() - began > patience)
        throw new LedgerError(`${path} cannot be used: ${(error as Error).message}`, { cause: error });
      Bun.sleepSync(5);
    }
  }
}

/**
 * Open the ledger at `path` for reading, and leave no trace: not even the companions that SQLite makes to read a file in
 * WAL mode. Without a log beside it nobody has it open, and it can be read as a file that does not change.
 * @throws LedgerError when it is no file, VersionError when it is of another version
 */
export function openToRead(path: string, patienceMs = BUSY_MS): LedgerFile {
  const facts = statSync(path, { throwIfNoEntry: false });
  if (!facts?.isFile()) throw new LedgerError(`${path} is not a file`);
  const db = existsSync(`${path}-wal`)
    ? new Database(path, { readonly: true, strict: true })
    : new Database(
        `${pathToFileURL(path)}?immutable=1`,
        access.SQLITE_OPEN_READONLY | access.SQLITE_OPEN_URI,
      );
  try {
    db.run(`pragma busy_timeout = ${patienceMs}`);
    const version = versionOf(db);
    if (version !== SCHEMA_VERSION) throw new VersionError(version, SCHEMA_VERSION);
    return { db, inode: facts.ino };
  } catch (error) {
    db.close();
    throw error;
  }
}

function setUp(db: Database, patienceMs: number): void {
  db.run(`pragma busy_timeout = ${patienceMs}`);
  db.run("pragma journal_mode = wal");
  // A power cut may cost the newest commits, which are read again from the transcripts; it never tears the file.
  db.run("pragma synchronous = normal");
  db.run("pragma cache_size = -4000");
  db.run("pragma wal_autocheckpoint = 8000");
  // So that the totals count a row that another one replaces.
  db.run("pragma recursive_triggers = on");
  migrate(db);
}

/** Make a new ledger at `path`, which nobody else knows of. It is on the disk only once the caller has seen to it. */
export function createFile(path: string): Database {
  closeSync(openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600));
  const db = new Database(path, { readwrite: true, strict: true });
  db.run("pragma journal_mode = memory");
  db.run("pragma synchronous = off");
  db.run("pragma recursive_triggers = on");
  migrate(db);
  return db;
}

/** Make the file if need be, so that SQLite finds it with the right mode; its companions take after it. */
function prepare(path: string): number {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    if (!existsSync(path) && !isLink(path))
      // A repair that was killed may have left the ledger under another name.
      whileRepairing(path, () => {
        finishReplacing(path);
        touch(path);
      });
    touch(path);
    return statSync(path).ino;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === "ELOOP" ? "it is a symbolic link" : (error as Error).message;
    throw new LedgerError(`${path} cannot be opened: ${why}`, { cause: error });
  }
}

const isLink = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
