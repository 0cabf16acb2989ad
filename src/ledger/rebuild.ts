/** Making again what the ledger derives from its messages and from the transcripts. */
import type { Database } from "bun:sqlite";
import { countTotals, DIGESTED_NAMES, digestColumns, digestOf, seal } from "./digest.ts";
import type { Row } from "./message-row.ts";
import { RollupWriter } from "./rollup-writer.ts";
import type { Derived } from "./verify.ts";
import { MESSAGE } from "./writer-statements.ts";

const CHUNK = 5_000;

/** Put right what `verifyWhole` found, in one transaction. */
export function rebuild(db: Database, wrong: ReadonlySet<Derived>, record: () => void): void {
  db.transaction(() => {
    if (wrong.has("files")) dropChangedFiles(db);
    if (wrong.has("forks")) forgetForks(db);
    if (wrong.has("rollups")) rebuildRollups(db);
    if (wrong.has("totals")) for (const name of DIGESTED_NAMES) countTotals(db, name);
    record();
  }).immediate();
}

/** A transcript without its row is read again from its beginning; its messages are in the ledger and count once. */
function dropChangedFiles(db: Database): void {
  const rows = db.query(`select digest, ${digestColumns("files")} from files`).values();
  for (const [digest, ...values] of rows as [number | null, ...unknown[]][])
    if (digest !== null && digest !== digestOf(values))
      db.query("delete from files where id = ?").run(values[0] as number);
  countTotals(db, "files");
}

/** Which sessions are forks is worked out again from their bills. */
function forgetForks(db: Database): void {
  db.run("delete from forks");
  db.run(
    "insert or ignore into unresolved (session) select session from bills union select session from copies",
  );
  db.run("update unresolved set digest = null");
  seal(db);
  for (const name of ["forks", "unresolved"] as const) countTotals(db, name);
}

function rebuildRollups(db: Database): void {
  db.run("delete from rollups");
  const writer = new RollupWriter(db);
  const query = db.query(`select ${MESSAGE} from messages where seq > ? order by seq limit ${CHUNK}`);
  for (let last = 0; ; ) {
    const rows = query.all(last) as Row[];
    for (const row of rows) writer.add(row);
    last = rows.at(-1)?.seq ?? last;
    if (rows.length < CHUNK) break;
  }
  writer.flush();
}
