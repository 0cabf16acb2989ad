/** The ledger cannot be used; `message` is for users. */
export class LedgerError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "LedgerError";
  }
}

/** The ledger has another version, and was opened for reading only. */
export class VersionError extends LedgerError {
  /** Created by a newer Plimsoll; else by an older one. */
  readonly newer: boolean;

  constructor(version: number, ours: number) {
    super(`it has version ${version}, this Plimsoll's is ${ours}`);
    this.name = "VersionError";
    this.newer = version > ours;
  }
}

/** The file exists and is not an intact ledger. */
export class DamageError extends Error {
  /** Which file: another process may have replaced it since. */
  readonly inode: number;

  constructor(inode: number, cause: unknown) {
    super("the ledger is damaged", { cause });
    this.name = "DamageError";
    this.inode = inode;
  }
}

/** A value that the ledger never wrote. A check of the whole ledger decides whether it is damage. */
export class ImplausibleError extends TypeError {
  constructor(table: string) {
    super(`${table} have a value that is not a number`);
    this.name = "ImplausibleError";
  }
}

/** SQLite found that the file is not an intact database. */
export const isDamage = (error: unknown): boolean => /^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(error));

/** Another process locks the file. */
export const isBusy = (error: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error));

/** The file is missing or may not be opened. */
export const isGone = (error: unknown): boolean => codeOf(error).startsWith("SQLITE_CANTOPEN");

const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
};

/** The ledger's content is not what was written: an error with SQLite's code for damage. */
export const damaged = (what: string): Error => Object.assign(new Error(what), { code: "SQLITE_CORRUPT" });
