/**
 * Messages into the ledger: each once, however often and in whatever order its lines are met.
 *
 * The key is the message's id with its request's. Of two lines for one message the one that is not a sidechain's stays;
 * then the one with the final counts, then the one with more tokens, then one that knows more of its price, then one
 * that has a speed, then the earlier. A sidechain's line and a main line with one id are one message, whatever their requests. The message counts for the session that
 * had it first: of two files that have it for different sessions, the older one's.
 *
 * None of this depends on the order of reading, and writing a message again changes nothing: that is why a pass may be
 * killed, repeated, or raced by another without harm.
 */
import type { Database } from "bun:sqlite";
import type { UsageLine } from "../claude/transcript.ts";
import { CopyWriter } from "./copies.ts";
import { countValues } from "./counts.ts";
import { seal, storable } from "./digest.ts";
import { KnownIds } from "./known-ids.ts";
import { isBetter, merged, type Row, rowOf, sumsDiffer } from "./message-row.ts";
import { NameWriter } from "./name-writer.ts";
import { RollupWriter } from "./rollup-writer.ts";
import { FLAG } from "./schema.ts";
import { digestOfMessage, prepare, type Statements } from "./writer-statements.ts";

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

/** Fewer messages than this are looked up one by one. */
const FEW = 500;

export class MessageWriter {
  readonly #db: Database;
  readonly #statements: Statements;
  readonly #rollups: RollupWriter;
  readonly #copies: CopyWriter;
  readonly #known = new KnownIds();
  readonly #names: NameWriter;
  /** When each file that messages came from was born. */
  readonly #born = new Map<number, number>();
  /** Up to which row `known` knows the ledger; negative while it is not used. */
  #knownUpTo = -1;
  /** The row that was written last: rows are only ever appended. */
  #lastSeq = 0;
  /** What this transaction adds to the table's totals. */
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
   * @param expected about how many: with few of them it is not worth while to learn every id that the ledger has
   */
  transaction<Result>(expected: number, body: () => Result): Result {
    const run = this.#db.transaction(() => {
      if (this.#knownUpTo >= 0 || expected > FEW) this.#learnIds();
      this.#lastSeq = (this.#statements.last.values()[0]?.[0] as number | null) ?? 0;
      const result = body();
      this.#rollups.flush();
      this.#statements.grow.run(this.#newRows, this.#newDigests);
      this.#newRows = 0;
      this.#newDigests = 0;
      seal(this.#db);
      this.#copies.reset();
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

  /**
   * Add a message of another ledger, with all that is known of it there. Only within `transaction`.
   * @param session the message's
   * @returns whether the ledger did not have it
   */
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

  /** Count a message for another session. Only within `transaction`. */
  assign(seq: number, session: number): void {
    const row = this.#statements.read.get(seq) as Row | null;
    if (row) this.#replace(row, { ...row, session });
  }

  /** @returns the row of the session, made if need be */
  session(name: string, project: string, own: boolean): number {
    return this.#names.session(name, project, own);
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
    row.seq = ++this.#lastSeq;
    const digest = digestOfMessage(hash, row);
    this.#statements.insert.run(
      row.seq,
      hash,
      row.id,
      row.request,
      row.session,
      row.model,
      row.file,
      row.at,
      row.flags,
      ...countValues(row),
      row.cost,
      digest,
    );
    this.#newRows++;
    this.#newDigests += digest;
    this.#rollups.add(row);
  }

  #replace(old: Row, row: Row): void {
    const digest = digestOfMessage(Bun.hash.xxHash32(row.id), row);
    const before = this.#statements.digest.values(old.seq)[0]?.[0] as number | null;
    this.#newDigests += digest - (before ?? 0);
    this.#statements.update.run(
      row.request,
      row.session,
      row.model,
      row.file,
      row.at,
      row.flags,
      ...countValues(row),
      row.cost,
      digest,
      row.seq,
    );
    if (!sumsDiffer(old, row)) return;
    this.#rollups.spoil(old);
    this.#rollups.spoil(row);
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
    this.#newRows = 0;
    this.#newDigests = 0;
    this.#rollups.forget();
    this.#copies.reset();
    this.#names.forget();
    this.#born.clear();
  }
}
