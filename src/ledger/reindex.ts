/** Replaces the content of a ledger by what the transcripts contain now. */
import type { Database } from "bun:sqlite";
import { rmSync } from "node:fs";
import { copy } from "./copy-rows.ts";
import { countTotals } from "./digest.ts";
import { resolveForks } from "./fork-resolution.ts";
import { GuardedFile } from "./guarded-file.ts";
import { type IndexOptions, type IndexResult, indexPass } from "./index-pass.ts";

/**
 * Index every transcript into a ledger at `temporary`, add the messages and bills that only the old one has, and swap the
 * content in one transaction. A pass that did not complete changes nothing.
 */
export async function replaceByReindexed(
  file: GuardedFile,
  temporary: string,
  directories: readonly string[],
  options: IndexOptions,
): Promise<IndexResult> {
  try {
    using fresh = new GuardedFile(temporary, { timeoutMs: undefined, readOnly: false });
    const result = await fresh.runLong((db) => indexPass(db, directories, options));
    if (!result.complete) return result;
    file.check();
    file.run((db) =>
      fresh.run((target) => {
        copy(db, target);
        resolveForks(target);
      }),
    );
    fresh.run(writeBack);
    file.run((db) => replaceContent(db, temporary));
    return result;
  } finally {
    for (const suffix of ["", "-wal", "-shm", ".seen", ".repair"])
      rmSync(temporary + suffix, { force: true });
  }
}

/** Write the log back into the file. @returns whether it could be */
export const writeBack = (db: Database): boolean =>
  db.query("pragma wal_checkpoint(truncate)").values()[0]?.[0] === 0;

/** Tables that are replaced. */
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

function replaceContent(db: Database, from: string): void {
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
