/**
 * Messages into the ledger: each once, however often and in whatever order its lines are met.
 *
 * The key is the message's id with its request's. Of two lines for one message the one that is not a sidechain's stays;
 * then the one with more tokens (the final one of a stream), then one that has a speed, then the earlier. A sidechain's
 * line and a main line with one id are one message, whatever their requests. The message counts for the session that
 * had it first: of two files that have it for different sessions, the older one's.
 *
 * None of this depends on the order of reading, and writing a message again changes nothing: that is why a pass may be
 * killed, repeated, or raced by another without harm.
 */
import type { Database, Statement } from "bun:sqlite";
import type { UsageLine } from "../claude/transcript.ts";
import { KnownIds } from "./known-ids.ts";
import { CLASS, FLAG } from "./schema.ts";
import { slotEnd, slotOf, slotStart } from "./slots.ts";

/** Where a message was read. */
export interface Origin {
  /** The session of the file, for lines that do not name theirs. */
  readonly session: string;
  readonly project: string;
  /** The row of the file in `files`; 0 for a message that came from another ledger. */
  readonly file: number;
  /** When the file came to be. Unix milliseconds. */
  readonly bornMs: number;
}

/** What a line without a message id is known by. */
export type Anonymous = string;

interface Row {
  seq: number;
  id: string;
  request: string;
  session: number;
  model: number;
  file: number;
  at: number;
  flags: number;
  input: number;
  output: number;
  write5m: number;
  write1h: number;
  read: number;
  searches: number;
  cost: number | null;
}

/** What the messages of one rollup row share. */
interface Group {
  readonly slot: number;
  readonly session: number;
  readonly model: number;
  readonly class: number;
}

/** The sums of one rollup row that this transaction adds. */
interface Sum extends Group {
  messages: number;
  firstAt: number;
  lastAt: number;
  input: number;
  output: number;
  write5m: number;
  write1h: number;
  read: number;
  searches: number;
  cost: number;
}

/** Requests with more input than this are long ones. */
const LONG_INPUT = 200_000;

/** Fewer messages than this are looked up one by one. */
const FEW = 500;

export class MessageWriter {
  readonly #db: Database;
  readonly #statements: Statements;
  readonly #known = new KnownIds();
  readonly #sessions = new Map<string, { id: number; own: boolean }>();
  readonly #models = new Map<string, number>();
  /** When each file that messages came from was born. */
  readonly #born = new Map<number, number>();
  #sums = new Map<string, Sum>();
  /** The rollup that the newest message went to: the next one most often goes there too. */
  #newest: Sum | undefined;
  /** Rollups that lost a message: their sums are made anew from what is left. */
  #stale = new Map<string, Group>();
  /** Up to which row `known` knows the ledger; negative while it is not used. */
  #knownUpTo = -1;

  constructor(db: Database) {
    this.#db = db;
    this.#statements = prepare(db);
  }

  /**
   * Run `body` in one transaction, in which messages may be added.
   * @param expected about how many: with few of them it is not worth while to learn every id that the ledger has
   */
  transaction<Result>(expected: number, body: () => Result): Result {
    const run = this.#db.transaction(() => {
      if (this.#knownUpTo >= 0 || expected > FEW) this.#learnIds();
      const result = body();
      this.#flush();
      return result;
    });
    try {
      return run.immediate();
    } catch (error) {
      // What was rolled back must not be taken for written.
      this.#forget();
      throw error;
    }
  }

  /**
   * Add one message. Only within `transaction`.
   * @returns whether the ledger did not have it
   */
  add(line: UsageLine, anonymous: Anonymous, origin: Origin): boolean {
    const id = line.id ?? anonymous;
    const hash = Bun.hash.xxHash32(id);
    const candidate = this.#row(line, id, origin);
    const mayBeThere = this.#knownUpTo < 0 || this.#known.has(hash);
    const found = mayBeThere ? this.#find(hash, candidate) : undefined;
    if (found === undefined) {
      this.#insert(hash, candidate);
      this.#known.add(hash);
      return true;
    }
    const session = this.#owner(found, candidate, origin);
    const better = isBetter(candidate, found);
    if (better || session !== found.session) {
      this.#replace(found, better ? { ...candidate, seq: found.seq, session } : { ...found, session });
    }
    return false;
  }

  /** @returns the row of the session, made if need be */
  session(name: string, project: string, own: boolean): number {
    const cached = this.#sessions.get(name);
    if (cached && (cached.own || !own)) return cached.id;
    this.#statements.addSession.run(name, project, own ? 1 : 0);
    if (own) this.#statements.ownSession.run(project, name);
    const [id, isOwn] = this.#statements.findSession.values(name)[0] as [number, number];
    this.#sessions.set(name, { id, own: isOwn === 1 });
    return id;
  }

  /** @returns the row of the model, made if need be */
  model(name: string): number {
    const cached = this.#models.get(name);
    if (cached !== undefined) return cached;
    this.#statements.addModel.run(name);
    const [id] = this.#statements.findModel.values(name)[0] as [number];
    this.#models.set(name, id);
    return id;
  }

  #row(line: UsageLine, id: string, origin: Origin): Row {
    const name = line.sessionId ?? origin.session;
    const totalInput = line.input + line.cacheRead + line.cacheWrite5m + line.cacheWrite1h;
    return {
      seq: 0,
      id,
      request: line.requestId ?? "",
      session: this.session(name, origin.project, name === origin.session),
      model: this.model(line.model),
      file: origin.file,
      at: line.at,
      flags:
        (line.speed === "fast" ? FLAG.fast : 0) |
        (totalInput > LONG_INPUT ? FLAG.long : 0) |
        (line.costUsd === undefined ? 0 : FLAG.costed) |
        (line.sidechain ? FLAG.sidechain : 0) |
        (line.speed === undefined ? 0 : FLAG.hasSpeed),
      input: line.input,
      output: line.output,
      write5m: line.cacheWrite5m,
      write1h: line.cacheWrite1h,
      read: line.cacheRead,
      searches: line.webSearches,
      cost: line.costUsd ?? null,
    };
  }

  /** The message that the candidate is a line of: the same request's, else, where a sidechain is involved, any. */
  #find(hash: number, candidate: Row): Row | undefined {
    const rows = this.#statements.find.values(hash) as [number, string, string, number][];
    const same = rows.filter(([, id]) => id === candidate.id);
    const [seq] =
      same.find(([, , request]) => request === candidate.request) ??
      same.find(([, , , flags]) => ((flags | candidate.flags) & FLAG.sidechain) !== 0) ??
      [];
    return seq === undefined ? undefined : (this.#statements.read.get(seq) as Row);
  }

  #owner(found: Row, candidate: Row, origin: Origin): number {
    if (found.session === candidate.session) return found.session;
    const older = this.#bornOf(found.file);
    return older === undefined || origin.bornMs >= older ? found.session : candidate.session;
  }

  #bornOf(file: number): number | undefined {
    const cached = this.#born.get(file);
    if (cached !== undefined) return cached;
    const born = this.#statements.born.values(file)[0]?.[0] as number | undefined;
    if (born !== undefined) this.#born.set(file, born);
    return born;
  }

  #insert(hash: number, row: Row): void {
    this.#statements.insert.run(
      hash,
      row.id,
      row.request,
      row.session,
      row.model,
      row.file,
      row.at,
      row.flags,
      row.input,
      row.output,
      row.write5m,
      row.write1h,
      row.read,
      row.searches,
      row.cost,
    );
    this.#sum(row);
  }

  #replace(old: Row, row: Row): void {
    this.#statements.update.run(
      row.request,
      row.session,
      row.model,
      row.file,
      row.at,
      row.flags,
      row.input,
      row.output,
      row.write5m,
      row.write1h,
      row.read,
      row.searches,
      row.cost,
      row.seq,
    );
    for (const each of [old, row]) {
      const key = {
        slot: slotOf(each.at),
        session: each.session,
        model: each.model,
        class: each.flags & CLASS,
      };
      this.#stale.set(keyOf(key), key);
    }
  }

  #sum(row: Row): void {
    const slot = slotOf(row.at);
    const kind = row.flags & CLASS;
    let sum = this.#newest;
    if (
      sum === undefined ||
      sum.slot !== slot ||
      sum.session !== row.session ||
      sum.model !== row.model ||
      sum.class !== kind
    ) {
      sum = this.#sumOf({ slot, session: row.session, model: row.model, class: kind }, row.at);
      this.#newest = sum;
    }
    sum.messages++;
    if (row.at < sum.firstAt) sum.firstAt = row.at;
    if (row.at > sum.lastAt) sum.lastAt = row.at;
    sum.input += row.input;
    sum.output += row.output;
    sum.write5m += row.write5m;
    sum.write1h += row.write1h;
    sum.read += row.read;
    sum.searches += row.searches;
    sum.cost += row.cost ?? 0;
  }

  #sumOf(group: Group, at: number): Sum {
    const key = keyOf(group);
    let sum = this.#sums.get(key);
    if (!sum) {
      sum = {
        ...group,
        messages: 0,
        firstAt: at,
        lastAt: at,
        input: 0,
        output: 0,
        write5m: 0,
        write1h: 0,
        read: 0,
        searches: 0,
        cost: 0,
      };
      this.#sums.set(key, sum);
    }
    return sum;
  }

  #flush(): void {
    for (const [key, sum] of this.#sums) {
      if (this.#stale.has(key)) continue;
      this.#statements.addSum.run(
        sum.slot,
        sum.session,
        sum.model,
        sum.class,
        sum.messages,
        sum.firstAt,
        sum.lastAt,
        sum.input,
        sum.output,
        sum.write5m,
        sum.write1h,
        sum.read,
        sum.searches,
        sum.cost,
      );
    }
    for (const key of this.#stale.values()) {
      this.#statements.dropSum.run(key.slot, key.session, key.model, key.class);
      this.#statements.makeSum.run(
        key.slot,
        key.class,
        slotStart(key.slot),
        slotEnd(key.slot),
        key.session,
        key.model,
        CLASS,
        key.class,
      );
    }
    this.#sums = new Map();
    this.#newest = undefined;
    this.#stale = new Map();
  }

  /** Rows are only ever appended: whatever was added since, by whomever, has a higher number. */
  #learnIds(): void {
    for (const [seq, hash] of this.#statements.newer.values(this.#knownUpTo) as [number, number][]) {
      this.#known.add(hash);
      this.#knownUpTo = seq;
    }
    this.#knownUpTo = Math.max(0, this.#knownUpTo);
  }

  #forget(): void {
    this.#sums = new Map();
    this.#newest = undefined;
    this.#stale = new Map();
    this.#sessions.clear();
    this.#models.clear();
    this.#born.clear();
  }
}

/** Whether a line tells more of its message than the one we have. */
function isBetter(candidate: Row, found: Row): boolean {
  const sidechain = candidate.flags & FLAG.sidechain;
  if (sidechain !== (found.flags & FLAG.sidechain)) return sidechain === 0;
  const tokens = tokensOf(candidate) - tokensOf(found);
  if (tokens !== 0) return tokens > 0;
  const speed = candidate.flags & FLAG.hasSpeed;
  if (speed !== (found.flags & FLAG.hasSpeed)) return speed !== 0;
  return candidate.at < found.at;
}

const tokensOf = (row: Row): number => row.input + row.output + row.read + row.write5m + row.write1h;

const keyOf = (key: Group): string => `${key.slot} ${key.session} ${key.model} ${key.class}`;

const COLUMNS = "session, model, file, at, flags, input, output, write5m, write1h, read, searches, cost";
const SUMS = "input, output, write5m, write1h, read, searches, cost";

type Statements = Record<keyof typeof SQL, Statement>;

const SQL = {
  find: "select seq, id, request, flags from messages where hash = ? order by seq",
  read: `select seq, id, request, ${COLUMNS} from messages where seq = ?`,
  insert: `insert into messages (hash, id, request, ${COLUMNS})
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  update: `update messages set request = ?, session = ?, model = ?, file = ?, at = ?, flags = ?, input = ?, output = ?,
    write5m = ?, write1h = ?, read = ?, searches = ?, cost = ? where seq = ?`,
  born: "select born from files where id = ?",
  newer: "select seq, hash from messages where seq > ? order by seq",
  addSession: "insert into sessions (name, project, own) values (?, ?, ?) on conflict do nothing",
  ownSession: "update sessions set project = ?, own = 1 where name = ? and own = 0",
  findSession: "select id, own from sessions where name = ?",
  addModel: "insert into models (name) values (?) on conflict do nothing",
  findModel: "select id from models where name = ?",
  addSum: `insert into rollups (slot, session, model, class, messages, first_at, last_at, ${SUMS})
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    on conflict do update set messages = messages + excluded.messages,
      first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at),
      input = input + excluded.input, output = output + excluded.output,
      write5m = write5m + excluded.write5m, write1h = write1h + excluded.write1h,
      read = read + excluded.read, searches = searches + excluded.searches, cost = cost + excluded.cost`,
  dropSum: "delete from rollups where slot = ? and session = ? and model = ? and class = ?",
  makeSum: `insert into rollups (slot, session, model, class, messages, first_at, last_at, ${SUMS})
    select ?, session, model, ?, count(*), min(at), max(at), sum(input), sum(output), sum(write5m), sum(write1h),
      sum(read), sum(searches), total(cost)
    from messages where at >= ? and at < ? and session = ? and model = ? and flags & ? = ?
    group by session, model`,
} as const;

function prepare(db: Database): Statements {
  return Object.fromEntries(Object.entries(SQL).map(([name, sql]) => [name, db.query(sql)])) as Statements;
}
