/** Updates `forks` and the owners of copied messages. */
import type { Database } from "bun:sqlite";
import type { ModelBill } from "../claude/transcript.ts";
import { type Fork, inheritance, loadForks } from "./forks.ts";
import { MessageWriter } from "./writer.ts";

/** Sessions with changed bills or copied messages, and those that are affected. */
const AFFECTED = `
  select session from unresolved
  union select session from bills
    where since in (select since from bills where session in (select session from unresolved) and since is not null)
  union select session from bills
    where run <> '' and total > 0 and total in (select total from bills where session in (select session from unresolved) and run = '')
  union select session from copies where message in (select message from copies where session in (select session from unresolved))`;

/** Resolve every session in `unresolved`, in one transaction; without any, nothing is written. */
export function resolveForks(db: Database): void {
  if (db.query("select 1 from unresolved limit 1").values().length === 0) return;
  const writer = new MessageWriter(db);
  writer.transaction(0, () => {
    const sessions = db.query(AFFECTED).values().flat() as number[];
    for (const session of sessions) save(db, session, inheritance(db, session));
    correctOwners(db, sessions, writer);
    db.run("delete from unresolved");
  });
}

function save(db: Database, session: number, fork: Fork | undefined): void {
  if (!fork) {
    db.query("delete from forks where session = ?").run(session);
    return;
  }
  db.query(
    "insert or replace into forks (session, parent, since, usd, models, certain) values (?, ?, ?, ?, ?, ?)",
  ).run(
    session,
    fork.parent,
    fork.since,
    fork.usd,
    fork.models === null ? null : JSON.stringify(fork.models satisfies Readonly<Record<string, ModelBill>>),
    fork.certain ? 1 : 0,
  );
}

/**
 * A copied message counts for the session that was billed for it: the first in a line of forks, preferably one with a
 * bill, and none that began to count after the message. The writer decides by the age of files, which a restored backup
 * does not keep.
 */
function correctOwners(db: Database, sessions: readonly number[], writer: MessageWriter): void {
  const rows = db
    .query(
      `select m.seq, m.at, m.session, c.session from copies c join messages m on m.seq = c.message
       where c.message in (select message from copies where session in (select value from json_each(?)))
       order by m.seq, c.session`,
    )
    .values(JSON.stringify(sessions)) as [number, number, number, number][];
  if (rows.length === 0) return;
  const rank = ranks(db);
  let best: { seq: number; owner: number; session: number; rank: number } | undefined;
  const finish = () => {
    if (best && best.session !== best.owner) writer.assign(best.seq, best.session);
  };
  for (const [seq, at, owner, session] of rows) {
    if (best?.seq !== seq) {
      finish();
      best = { seq, owner, session: owner, rank: rank(owner, at) };
    }
    const other = rank(session, at);
    if (other < best.rank) best = { ...best, session, rank: other };
  }
  finish();
}

/** Above the depth of any line of forks. */
const UNBILLED = 1_000;
const LATER = 2 * UNBILLED;

/** @returns the rank of a session for a message of that time; the lowest owns it */
function ranks(db: Database): (session: number, at: number) => number {
  const forks = loadForks(db);
  const began = new Map(
    // SQLite takes the other columns from the row with the minimum.
    (
      db.query("select session, min(at), run, total, since from bills group by session").values() as [
        number,
        number,
        string,
        number,
        number | null,
      ][]
    ).map(([session, at, run, total, since]) => [session, beginning(at, run, total, since)]),
  );
  const lineage = (session: number): number[] => {
    const line = [session];
    for (let fork = forks.get(session); fork && line.length < UNBILLED; ) {
      if (fork.parent === null) break;
      line.push(fork.parent);
      fork = forks.get(fork.parent);
    }
    return line;
  };
  const cache = new Map<number, { since: number; depth: number }>();
  const place = (session: number): { since: number; depth: number } => {
    const known = cache.get(session);
    if (known) return known;
    const line = lineage(session);
    const fork = forks.get(session);
    const since = fork?.since ?? began.get(line.at(-1) as number) ?? 0;
    // A parent that is not in the ledger counts too.
    const result = { since, depth: line.length + (fork?.parent === null ? 1 : 0) };
    cache.set(session, result);
    return result;
  };
  return (session, at) => {
    if (!began.has(session)) return UNBILLED;
    const { since, depth } = place(session);
    return since > at ? LATER + since - at : depth;
  };
}

/** From when on a session's first bill counts, as far as known. */
const beginning = (at: number, run: string, total: number, since: number | null): number =>
  run === "" ? (since ?? 0) : total === 0 ? at : 0;
