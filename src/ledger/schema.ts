/**
 * The ledger's tables and migrations.
 *
 * A message is one row, priced when it is read. Rollups are sums of messages by slot, session, model and class: reports
 * read only them. Both change in the same transaction as the offset up to which a transcript was read.
 */
import { SLOT_MS } from "./slots.ts";

/** Bits of `flags`. Those of `CLASS` decide the price: messages that differ there do not share a rollup. */
export const FLAG = {
  /** Served in fast mode. */
  fast: 1,
  /** More input than the standard price covers: 200,000 tokens, or fewer for some models. */
  long: 2,
  /** The line has a cost. */
  costed: 4,
  sidechain: 8,
  /** The line has a speed. */
  hasSpeed: 16,
  /** Inference in the United States only, at a higher price. */
  us: 32,
  /** Only some of the requests behind the message were long. Always with `long`. */
  partlyLong: 64,
  /** The line has a stop reason: its counts are final. */
  final: 128,
} as const;
export const CLASS = FLAG.fast | FLAG.long | FLAG.costed | FLAG.us | FLAG.partlyLong;

const HAIKU_5_5 =
  "select id from models where name like '%claude-haiku-5-5%' or name like '%claude-haiku-5.5%'";

/** One step a version; the version of a ledger is its number of steps. Never change a released step. */
export const MIGRATIONS: readonly string[] = [
  `
  create table meta (key text primary key, value) without rowid;

  create table models (id integer primary key, name text not null unique);

  create table sessions (
    id integer primary key,
    name text not null unique,
    project text not null,
    -- The project is that of the session's own file, not of one that copied its lines.
    own integer not null
  );

  create table files (
    id integer primary key,
    path text not null unique,
    device integer not null,
    inode integer not null,
    size integer not null,
    modified real not null,
    born real not null,
    -- Bytes read so far: whole lines only.
    offset integer not null,
    -- Of the bytes before the offset: the first and the last few, hashed.
    head integer not null,
    tail integer not null
  );

  create table messages (
    seq integer primary key,
    -- Of the id. Not unique: the id decides.
    hash integer not null,
    id text not null,
    request text not null,
    session integer not null,
    model integer not null,
    file integer not null,
    at integer not null,
    flags integer not null,
    input integer not null,
    output integer not null,
    write5m integer not null,
    write1h integer not null,
    read integer not null,
    searches integer not null,
    cost real
  );
  create index messages_by_hash on messages (hash);
  create index messages_by_time on messages (at);

  create table rollups (
    slot integer not null,
    session integer not null,
    model integer not null,
    class integer not null,
    messages integer not null,
    first_at integer not null,
    last_at integer not null,
    input integer not null,
    output integer not null,
    write5m integer not null,
    write1h integer not null,
    read integer not null,
    searches integer not null,
    cost real not null,
    primary key (slot, session, model, class)
  ) without rowid;

  create table bills (
    session integer not null,
    at integer not null,
    -- The client's run that reported it; '' when it came from a transcript.
    run text not null,
    total real not null,
    -- When the client began to count, if it reports that.
    since integer,
    -- What each model cost, as JSON; null when only the total is known.
    models text,
    primary key (session, at, run)
  ) without rowid;
  `,
  `
  -- How far the search for the end of an unfinished last line got. Bytes; 0 without such a line.
  alter table files add column searched integer not null default 0;
  create index files_by_modified on files (modified);

  -- The last complete look at each Claude directory.
  create table looks (directory text primary key, at integer not null, cut integer not null) without rowid;

  -- The folders that changed last, as they were when they were listed.
  create table folders (path text primary key, modified real not null, listed integer not null) without rowid;
  `,
  `
  -- Sessions that have a message in their transcripts, for messages that more than one session has.
  create table copies (
    message integer not null,
    session integer not null,
    primary key (message, session)
  ) without rowid;
  create index copies_by_session on copies (session);

  -- Sessions whose bills begin with the bill of another session.
  create table forks (
    session integer primary key,
    -- Null when the ledger does not have that session.
    parent integer,
    -- When the client of the parent began to count.
    since integer,
    -- The parent's bill at the fork. Null when it is unknown.
    usd real,
    -- The same by model, as JSON.
    models text,
    certain integer not null
  );

  -- Sessions whose row in forks is out of date.
  create table unresolved (session integer primary key);
  insert into unresolved select distinct session from bills;

  create index bills_by_since on bills (since) where since is not null;
  create index bills_by_total on bills (total);

  -- Read the transcripts of existing forks again: only they tell which messages were copied.
  update files set size = -1, offset = 0 where id in (
    select file from messages where session in (
      select session from bills where since in (
        select since from bills where since is not null group by since having count(distinct session) > 1)));
  `,
  // Read every transcript again: messages of before have no geography, some have no cache writes or not their final
  // counts, and those on progress lines are missing. Nothing is removed: messages of pruned transcripts stay.
  // For this model a request is long from another size on.
  `
  update files set size = -1, offset = 0, searched = 0, head = -1, tail = -1;

  update messages set flags = flags | ${FLAG.long}
    where input + read + write5m + write1h > 100000 and model in (${HAIKU_5_5});
  delete from rollups where model in (${HAIKU_5_5});
  insert into rollups (slot, session, model, class, messages, first_at, last_at, input, output, write5m, write1h, read,
      searches, cost)
    select at / ${SLOT_MS} * 2 + (at % ${SLOT_MS} <> 0), session, model, flags & ${CLASS}, count(*), min(at), max(at),
      sum(input), sum(output), sum(write5m), sum(write1h), sum(read), sum(searches), total(cost)
    from messages where model in (${HAIKU_5_5}) group by 1, 2, 3, 4;
  `,
  // Digests: what was written can be compared with what is read (digest.ts computes them once the steps are done).
  `
  alter table messages add column digest integer;
  alter table sessions add column digest integer;
  alter table models add column digest integer;
  alter table files add column digest integer;
  alter table bills add column digest integer;
  alter table copies add column digest integer;
  alter table forks add column digest integer;
  alter table unresolved add column digest integer;

  -- Repairs of this ledger; one that lost something is a notice until the user has acknowledged it.
  create table repairs (
    id integer primary key,
    -- Unix milliseconds.
    at integer not null,
    -- Where the damaged file is kept; '' when the repair was made in place.
    kept text not null,
    -- What was saved and lost, as JSON (repairs.ts).
    report text not null,
    acknowledged integer not null,
    digest integer
  );

  -- How many rows each table has, and the sum of their digests.
  create table totals (
    name text primary key,
    rows integer not null,
    digest integer not null,
    -- Of the two numbers.
    seal integer not null
  ) without rowid;
  `,
];

export const SCHEMA_VERSION = MIGRATIONS.length;
