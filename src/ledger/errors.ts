/** The ledger cannot be used; `message` says why, for a person. */
export class LedgerError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "LedgerError";
  }
}

/** The ledger is of another version, and is only to be looked at. */
export class VersionError extends LedgerError {
  /** A newer Plimsoll made it; else an older one did. */
  readonly newer: boolean;

  constructor(version: number, ours: number) {
    super(`it has version ${version}, this Plimsoll's is ${ours}`);
    this.name = "VersionError";
    this.newer = version > ours;
  }
}

/** The file is there and is no ledger any more. */
export class DamageError extends Error {
  /** Which file it was: meanwhile another process may have put a new one in its place. */
  readonly inode: number;

  constructor(inode: number, cause: unknown) {
    super("the ledger is damaged", { cause });
    this.name = "DamageError";
    this.inode = inode;
  }
}

/** A value of the ledger that was never written. Whether it is damage, a check of the whole ledger tells. */
export class ImplausibleError extends TypeError {
  constructor(table: string) {
    super(`${table} have a value that is not a number`);
    this.name = "ImplausibleError";
  }
}

/** SQLite says that the file is not a database, or not a whole one. */
export const isDamage = (error: unknown): boolean => /^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(error));

/** Another process has the file. */
export const isBusy = (error: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error));

/** The file is not there, or may not be opened. */
export const isGone = (error: unknown): boolean => codeOf(error).startsWith("SQLITE_CANTOPEN");

const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
};

/** What the ledger holds cannot be what was written. */
export const damaged = (what: string): Error => Object.assign(new Error(what), { code: "SQLITE_CORRUPT" });
