/**
 * The ledger's file: opened with care, moved aside when it is damaged, never deleted.
 */
import { Database } from "bun:sqlite";
import { closeSync, constants, existsSync, mkdirSync, openSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DamageError, isDamage, LedgerError } from "./errors.ts";
import { migrate } from "./schema.ts";

/** An open ledger file, and which one it is: the path may come to name another. */
export interface LedgerFile {
  readonly db: Database;
  readonly inode: number;
}

/** How long a write waits for another process's before it gives up. ms. */
const BUSY_MS = 10_000;

/**
 * Open or make the ledger at `path`: owner-only, no symbolic link followed.
 * @throws LedgerError when it cannot be opened, or a newer Plimsoll made it
 * @throws DamageError when it is not a whole database
 */
export function openFile(path: string): LedgerFile {
  const inode = prepare(path);
  const db = connect(path, inode);
  try {
    db.run(`pragma busy_timeout = ${BUSY_MS}`);
    db.run("pragma journal_mode = wal");
    // A power cut may cost the newest commits, which are read again from the transcripts; it never tears the file.
    db.run("pragma synchronous = normal");
    db.run("pragma cache_size = -8000");
    db.run("pragma wal_autocheckpoint = 8000");
    migrate(db);
  } catch (error) {
    db.close();
    if (isDamage(error)) throw new DamageError(inode, error);
    if (error instanceof RangeError)
      throw new LedgerError(`${path} cannot be used: ${error.message}`, { cause: error });
    throw error;
  }
  return { db, inode };
}

function connect(path: string, inode: number): Database {
  try {
    return new Database(path, { readwrite: true, strict: true });
  } catch (error) {
    if (isDamage(error)) throw new DamageError(inode, error);
    throw new LedgerError(`${path} cannot be opened: ${(error as Error).message}`, { cause: error });
  }
}

/** Make the file if need be, so that SQLite finds it with the right mode; its companions take after it. */
function prepare(path: string): number {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600));
    return statSync(path).ino;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === "ELOOP" ? "it is a symbolic link" : (error as Error).message;
    throw new LedgerError(`${path} cannot be opened: ${why}`, { cause: error });
  }
}

/**
 * Move a damaged ledger aside, with its write-ahead log, unless another process has already done so.
 * @returns where it is now; undefined when `path` no longer names that file
 */
export function moveAside(path: string, inode: number, now: number): string | undefined {
  if (!existsSync(path) || statSync(path).ino !== inode) return undefined;
  const stamp = new Date(now).toISOString().replace(/[:.]/g, "-");
  const aside = `${path}.damaged-${stamp}`;
  // The log first: a new ledger beside an old log would take the log for its own.
  for (const suffix of ["-wal", "-shm", ""]) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  }
  return aside;
}
