/** A ledger takes over all messages and bills of another one. */
import type { Database } from "bun:sqlite";
import { countTotals } from "./digest.ts";

/** Tables that a ledger which was read again replaces. */
const CONTENT = [
  "models",
  "sessions",
  "files",
  "messages",
  "rollups",
  "bills",
  "copies",
  "forks",
  "unresolved",
];

/** Replace the content of an open ledger by that of the ledger at `from`, in one transaction. */
export function replaceContent(db: Database, from: string): void {
  db.query("attach ? as fresh").run(from);
  try {
    db.transaction(() => {
      for (const table of CONTENT) {
        db.run(`delete from main.${table}`);
        db.run(`insert into main.${table} select * from fresh.${table}`);
      }
      countTotals(db, "messages");
    }).immediate();
  } finally {
    db.run("detach fresh");
  }
}
