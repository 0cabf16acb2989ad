/** Opens the ledger's file. A damaged one is replaced (replace.ts), never deleted. */
import { constants as access, Database } from "bun:sqlite";
import { closeSync, constants, existsSync, lstatSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { DamageError, isBusy, isDamage, isGone, LedgerError, VersionError } from "./errors.ts";
import { migrate, versionOf } from "./migrate.ts";
import { checkBeforeOpening } from "./preflight.ts";
import { finishReplacing, touch, whileRepairing } from "./repair-lock.ts";
import { SCHEMA_VERSION } from "./schema.ts";

/** An open ledger file; the path may name another one later. */
export interface LedgerFile {
  readonly db: Database;
  readonly inode: number;
}

/** How long a write waits for that of another process. ms. */
const BUSY_MS = 10_000;
/** How long another process may take to move the file aside. ms. */
const GONE_MS = 300;

/**
 * Open or create the ledger at `path`: owner-only, symbolic links are not followed.
 * @param timeoutMs how long to wait for writes of other processes, now and later
 * @throws LedgerError when it cannot be opened, or was created by a newer Plimsoll
 * @throws DamageError when it is not an intact database
 */
export function openFile(path: string, timeoutMs = BUSY_MS): LedgerFile {
  const began = performance.now();
  for (;;) {
    const inode = prepare(path);
    let db: Database | undefined;
    try {
      checkBeforeOpening(path);
      db = new Database(path, { readwrite: true, strict: true });
      setUp(db, timeoutMs);
      return { db, inode };
    } catch (error) {
      db?.close();
      if (isDamage(error)) throw new DamageError(inode, error);
      // Another process creates it, or moves it aside: SQLite waits for neither.
      const timeout = isBusy(error) ? timeoutMs : isGone(error) ? GONE_MS : 0;
      if (performance.now() - began > timeout)
        throw new LedgerError(`${path} cannot be used: ${(error as Error).message}`, { cause: error });
      Bun.sleepSync(5);
    }
  }
}

/**
 * Open the ledger at `path` for reading without creating files, not even those of SQLite's WAL mode. Without a log no
 * process has it open: it is read as an immutable file.
 * @throws LedgerError when it is not a file, VersionError when it has another version
 */
export function openToRead(path: string, timeoutMs = BUSY_MS): LedgerFile {
  const facts = statSync(path, { throwIfNoEntry: false });
  if (!facts?.isFile()) throw new LedgerError(`${path} is not a file`);
  const db = existsSync(`${path}-wal`)
    ? new Database(path, { readonly: true, strict: true })
    : new Database(
        `${pathToFileURL(path)}?immutable=1`,
        access.SQLITE_OPEN_READONLY | access.SQLITE_OPEN_URI,
      );
  try {
    db.run(`pragma busy_timeout = ${timeoutMs}`);
    const version = versionOf(db);
    if (version !== SCHEMA_VERSION) throw new VersionError(version, SCHEMA_VERSION);
    return { db, inode: facts.ino };
  } catch (error) {
    db.close();
    throw error;
  }
}

function setUp(db: Database, timeoutMs: number): void {
  db.run(`pragma busy_timeout = ${timeoutMs}`);
  db.run("pragma journal_mode = wal");
  // A power cut may lose the newest commits, which are read again from the transcripts; it never damages the file.
  db.run("pragma synchronous = normal");
  db.run("pragma cache_size = -4000");
  db.run("pragma wal_autocheckpoint = 8000");
  // So that totals count rows that are replaced.
  db.run("pragma recursive_triggers = on");
  migrate(db);
}

/** Create a ledger at `path`, for this process alone. Not synced to disk: that is up to the caller. */
export function createFile(path: string): Database {
  closeSync(openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600));
  const db = new Database(path, { readwrite: true, strict: true });
  db.run("pragma journal_mode = memory");
  db.run("pragma synchronous = off");
  db.run("pragma recursive_triggers = on");
  migrate(db);
  return db;
}

/** Create the file if missing, so that it has the right mode; SQLite's other files get the same. */
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
    const facts = statSync(path);
    // Opening a FIFO would wait for its other end.
    if (!facts.isFile()) throw new Error("it is not a regular file");
    return facts.ino;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === "ELOOP" ? "it is a symbolic link" : (error as Error).message;
    throw new LedgerError(`${path} cannot be opened: ${why}`, { cause: error });
  }
}

const isLink = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
