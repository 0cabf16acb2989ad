/** Looking at a ledger while others may write it, without a trace. */
import { existsSync, statSync } from "node:fs";
import { isDamage } from "./errors.ts";
import { Ledger, type OpenOptions } from "./ledger.ts";

/**
 * Open the ledger at `path` for reading, and give what `body` makes of it.
 *
 * A ledger that nobody has open is read as a file that does not change. If somebody opened it meanwhile, what looks like
 * damage may be their writing: then it is looked at again.
 * @throws LedgerError, or SQLite's error, when it cannot be read
 */
export function lookAt<Result>(
  path: string,
  options: Omit<OpenOptions, "readOnly">,
  body: (ledger: Ledger) => Result,
): Result {
  for (;;) {
    const before = fingerprint(path);
    try {
      using ledger = new Ledger(path, { ...options, readOnly: true });
      return body(ledger);
    } catch (error) {
      if (!isDamage(error) || before === fingerprint(path)) throw error;
    }
  }
}

function fingerprint(path: string): string {
  const facts = statSync(path, { throwIfNoEntry: false });
  return `${facts?.ino} ${facts?.size} ${facts?.mtimeMs} ${existsSync(`${path}-wal`)}`;
}
