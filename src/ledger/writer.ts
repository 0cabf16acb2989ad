/**
 * Writes messages: each once, however often and in whatever order its lines are read.
 *
 * The key is the id of the message with that of its request. Of two lines for one message the better one stays (isBetter
 * in message-row.ts). A line of a sidechain and a main line with one id are one message, whatever their requests. A
 * message counts for the session that had it first: if two files have it for different sessions, for that of the older
 * file.
 *
 * None of this depends on the order of reading, and writing is idempotent: passes may be killed, repeated or raced.
 */
import type { Database } from "bun:sqlite";
import type { UsageLine } from "../claude/transcript.ts";
import { countValues } from "./counts.ts";
import { seal, storable } from "./digest.ts";
import { KnownIds } from "./known-ids.ts";
import { isBetter, merged, type Row, rowOf, sumsDiffer } from "./message-row.ts";
import { RollupWriter } from "./rollups.ts";
import { FLAG } from "./schema.ts";
import { CopyWriter, digestOfMessage, NameWriter, prepare, type Statements } from "./writer-statements.ts";

export interface Origin {
  /** The session of the file, for lines without one. */
  readonly session: string;
  readonly project: string;
  /** The row in `files`; 0 for a message of another ledger. */
  readonly file: number;
  /** When the file was created. Unix milliseconds. */
  readonly bornMs: number;
}

/** Up to this many messages are looked up one by one. */
const FEW = 500;

export class MessageWriter {
  readonly #db: Database;
  readonly #statements: Statements;
  readonly #rollups: RollupWriter;
  readonly #copies: CopyWriter;
  readonly #known = new KnownIds();
  readonly #names: NameWriter;
  /** When each file was created. */
  readonly #born = new Map<number, number>();
  /** The last row in `known`; negative while that is not used. */
  #knownUpTo = -1;
  /** The newest row: rows are only appended. */
  #lastSeq = 0;
  /** What this transaction adds to the totals. */
  #newRows = 0;
  #newDigests = 0;

  constructor(db: Database) {
    this.#db = db;
    this.#statements = prepare(db);
    this.#names = new NameWriter(this.#statements);
    this.#rollups = new RollupWriter(db);
    this.#copies = new CopyWriter(db);
  }

  /**
   * Run `body` in one transaction, in which messages may be added.
   * @param expected about how many: for few it does not pay to load all ids
   */
  transaction<Result>(expected: number, body: () => Result): Result {
    this.#db.run("begin immediate");
    try {
      if (this.#knownUpTo >= 0 || expected > FEW) this.#loadIds();
      this.#lastSeq = (this.#statements.last.values()[0]?.[0] as number | null) ?? 0;
      const result = body();
      this.#rollups.flush();
      this.#statements.grow.run(this.#newRows, this.#newDigests);
      this.#newRows = 0;
      this.#newDigests = 0;
      seal(this.#db);
      this.#copies.reset();
      this.#db.run("commit");
      return result;
    } catch (error) {
      if (this.#db.inTransaction) this.#db.run("rollback");
      this.#forget();
      throw error;
    }
  }

  /** Add one message, within `transaction`. @returns whether it is new */
  add(line: UsageLine, anonymous: string, origin: Origin): boolean {
    const id = storable(line.id ?? anonymous);
    const hash = Bun.hash.xxHash32(id);
    const name = line.sessionId ?? origin.session;
    const candidate = rowOf(line, {
      id,
      session: this.session(name, origin.project, name === origin.session),
      model: this.#names.model(line.model),
      file: origin.file,
    });
    return this.#merge(hash, candidate, origin);
  }

  /** Add a message of another ledger, within `transaction`. @returns whether it is new */
  addRow(row: Row, session: { name: string; project: string; own: boolean }, model: string): boolean {
    const candidate: Row = {
      ...row,
      seq: 0,
      session: this.session(session.name, session.project, session.own),
      model: this.#names.model(model),
      file: 0,
    };
    const { project } = session;
    const origin = { session: "", project, file: 0, bornMs: Number.POSITIVE_INFINITY };
    return this.#merge(Bun.hash.xxHash32(row.id), candidate, origin);
  }

  #merge(hash: number, candidate: Row, origin: Origin): boolean {
    const mayBeThere = this.#knownUpTo < 0 || this.#known.has(hash);
    const found = mayBeThere ? this.#find(hash, candidate) : undefined;
    if (found === undefined) {
      this.#insert(hash, candidate);
      this.#known.add(hash);
      return true;
    }
    if (found.session !== candidate.session) this.#copies.add(found.seq, found.session, candidate.session);
    const session = this.#owner(found, candidate, origin);
    const [better, other] = isBetter(candidate, found) ? [candidate, found] : [found, candidate];
    const row = merged(better, other);
    if (row !== found || session !== found.session) this.#replace(found, { ...row, seq: found.seq, session });
    return false;
  }

  /** Assign a message to another session, within `transaction`. */
  assign(seq: number, session: number): void {
    const row = this.#statements.read.get(seq) as Row | null;
    if (row) this.#replace(row, { ...row, session });
  }

  /** @returns the row of the session, created if missing */
  session(name: string, project: string, own: boolean): number {
    return this.#names.session(name, project, own);
  }

  /** The message of the candidate: that of the same request, else, if a sidechain is involved, any with its id. */
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
    row.seq = ++this.#lastSeq;
    const digest = digestOfMessage(hash, row);
    this.#statements.insert.run(row.seq, hash, row.id, row.request, ...factValues(row), digest);
    this.#newRows++;
    this.#newDigests += digest;
    this.#rollups.add(row);
  }

  #replace(old: Row, row: Row): void {
    const digest = digestOfMessage(Bun.hash.xxHash32(row.id), row);
    const before = this.#statements.digest.values(old.seq)[0]?.[0] as number | null;
    this.#newDigests += digest - (before ?? 0);
    this.#statements.update.run(row.request, ...factValues(row), digest, row.seq);
    if (!sumsDiffer(old, row)) return;
    this.#rollups.markStale(old);
    this.#rollups.markStale(row);
  }

  /** Rows are only appended: what any process added since has a higher number. */
  #loadIds(): void {
    for (const [seq, hash] of this.#statements.newer.values(this.#knownUpTo) as [number, number][]) {
      this.#known.add(hash);
      this.#knownUpTo = seq;
    }
    this.#knownUpTo = Math.max(0, this.#knownUpTo);
  }

  #forget(): void {
    this.#newRows = 0;
    this.#newDigests = 0;
    this.#rollups.forget();
    this.#copies.reset();
    this.#names.forget();
    this.#born.clear();
  }
}

/** The columns after `request`, in the order of the statements. */
const factValues = (row: Row): (number | null)[] => [
  row.session,
  row.model,
  row.file,
  row.at,
  row.flags,
  ...countValues(row),
  row.cost,
];
