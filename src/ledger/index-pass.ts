/**
 * One pass over the transcripts: what was appended to them since the last pass goes into the ledger.
 *
 * A file is passed over when its size, inode and time of change are those of the last look. Otherwise it is read on from
 * where the last pass ended, if the bytes before that are still the same (its first and last few are compared), else
 * from its beginning. Messages and offsets are committed together, a batch at a time: a kill between two batches costs
 * one batch's reading, a kill within one nothing at all. The newest files come first, so that today is known early.
 */
import type { Database } from "bun:sqlite";
import { closeSync, openSync } from "node:fs";
import { listTranscripts, type TranscriptFile } from "../claude/directories.ts";
import { recordBillLine } from "./bills.ts";
import { type Piece, TranscriptReader } from "./transcript-reader.ts";
import { MessageWriter } from "./writer.ts";

/** How far a pass is. */
export interface IndexProgress {
  /** Bytes there were to read when the pass began, and bytes read so far. */
  readonly bytesTotal: number;
  readonly bytesRead: number;
  readonly files: number;
}

export interface IndexOptions {
  /** Ends the pass at the next piece; what was read is kept. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: IndexProgress) => void;
  /** Ends the pass at the next piece after this long. ms. */
  readonly maxMs?: number;
}

/** What a pass did. */
export interface IndexResult {
  /** Transcripts there are. */
  readonly files: number;
  readonly bytesRead: number;
  /** Messages that the ledger did not have. */
  readonly messages: number;
  /** Everything there was to read was read. */
  readonly complete: boolean;
  /** What could not be read, and why. */
  readonly unreadable: readonly { path: string; reason: string }[];
}

/** A transcript as the ledger remembers it. */
interface Known {
  id: number;
  device: number;
  inode: number;
  size: number;
  modified: number;
  offset: number;
  head: number;
  tail: number;
}

/** A transcript that has something to read. */
interface Due {
  readonly file: TranscriptFile;
  readonly known: Known | undefined;
}

/** A batch is committed when it has as many messages or has read as many bytes. */
const BATCH_MESSAGES = 8_000;
const BATCH_BYTES = 256 << 20;
/** How long a pass works before it lets timers and signals have their turn. ms. */
const TURN_MS = 40;

/** @see Ledger.index */
export async function indexPass(
  db: Database,
  directories: readonly string[],
  { signal, onProgress, maxMs = Number.POSITIVE_INFINITY }: IndexOptions = {},
): Promise<IndexResult> {
  const began = performance.now();
  const { files, unreadable } = listTranscripts(directories);
  const due = findDue(db, files);
  const pass = new Pass(db);
  const bytesTotal = due.reduce((sum, { file, known }) => sum + file.size - (known?.offset ?? 0), 0);
  let turn = began;
  let complete = true;

  reading: for (const each of due) {
    let fd: number;
    try {
      fd = openSync(each.file.path, "r");
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? String(error);
      // Gone since it was listed: it was pruned or moved, and what was read of it stays.
      if (code !== "ENOENT") unreadable.push({ path: each.file.path, reason: code });
      continue;
    }
    try {
      for (const piece of pass.read(fd, each)) {
        pass.keep(each, piece);
        onProgress?.({ bytesTotal, bytesRead: pass.bytesRead, files: files.length });
        const now = performance.now();
        if (now - turn > TURN_MS) {
          await Bun.sleep(0);
          turn = performance.now();
        }
        if (signal?.aborted || now - began > maxMs) {
          complete = false;
          break reading;
        }
      }
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === undefined || code.startsWith("SQLITE")) throw error;
      unreadable.push({ path: each.file.path, reason: code });
    } finally {
      closeSync(fd);
    }
  }
  pass.commit();
  return { files: files.length, bytesRead: pass.bytesRead, messages: pass.messages, complete, unreadable };
}

/** Transcripts that are new or have changed, the newest first. */
function findDue(db: Database, files: readonly TranscriptFile[]): Due[] {
  const known = new Map<string, Known>();
  const rows = db
    .query("select path, id, device, inode, size, modified, offset, head, tail from files")
    .all();
  for (const { path, ...row } of rows as (Known & { path: string })[]) known.set(path, row);
  const due: Due[] = [];
  for (const file of files) {
    const row = known.get(file.path);
    if (row && isUnchanged(row, file)) continue;
    due.push({ file, known: row });
  }
  return due.sort((a, b) => b.file.modifiedMs - a.file.modifiedMs);
}

/** Device numbers are not compared: they may change when the machine starts. */
const isUnchanged = (known: Known, file: TranscriptFile): boolean =>
  known.size === file.size && known.inode === file.inode && known.modified === file.modifiedMs;

class Pass {
  bytesRead = 0;
  messages = 0;
  readonly #db: Database;
  readonly #writer: MessageWriter;
  readonly #reader = new TranscriptReader();
  readonly #signatures = new Map<string, number>();
  #batch: { file: TranscriptFile; piece: Piece; head: number }[] = [];
  #batchMessages = 0;
  #batchEndsAt = BATCH_BYTES;

  constructor(db: Database) {
    this.#db = db;
    this.#writer = new MessageWriter(db);
  }

  /** The pieces of a file that are to be read. */
  *read(fd: number, { file, known }: Due): Generator<Piece> {
    let offset = known && this.#continues(fd, file, known) ? known.offset : 0;
    for (;;) {
      const piece = this.#reader.next(fd, offset, file.session);
      this.bytesRead += piece.offset - offset;
      offset = piece.offset;
      if (!this.#signatures.has(file.path)) {
        this.#signatures.set(file.path, this.#reader.signature(fd, offset).head);
      }
      yield piece;
      if (piece.ended) return;
    }
  }

  /** Whether the file is still the one that was read, perhaps longer. */
  #continues(fd: number, file: TranscriptFile, known: Known): boolean {
    if (known.inode !== file.inode || file.size < known.offset) return false;
    const { head, tail } = this.#reader.signature(fd, known.offset);
    return head === known.head && tail === known.tail;
  }

  /** Keep a piece for the next commit. */
  keep({ file }: Due, piece: Piece): void {
    this.#batch.push({ file, piece, head: this.#signatures.get(file.path) ?? 0 });
    this.#batchMessages += piece.usage.length;
    if (this.#batchMessages >= BATCH_MESSAGES || this.bytesRead >= this.#batchEndsAt) this.commit();
  }

  commit(): void {
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    let added = 0;
    this.#writer.transaction(this.#batchMessages, () => {
      for (const { file, piece, head } of batch) added += this.#write(file, piece, head);
    });
    this.messages += added;
    this.#batch = [];
    this.#batchMessages = 0;
    this.#batchEndsAt = this.bytesRead + BATCH_BYTES;
  }

  #write(file: TranscriptFile, piece: Piece, head: number): number {
    const row = this.#db
      .query(
        `insert into files (path, device, inode, size, modified, born, offset, head, tail)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?)
         on conflict (path) do update set device = excluded.device, inode = excluded.inode, size = excluded.size,
           modified = excluded.modified, born = min(born, excluded.born), offset = excluded.offset,
           head = excluded.head, tail = excluded.tail
         returning id, born`,
      )
      .get(
        file.path,
        file.device,
        file.inode,
        // Until its end is reached the file has changed in every pass's eyes.
        piece.ended ? file.size : -1,
        file.modifiedMs,
        file.bornMs,
        piece.offset,
        head,
        piece.tail,
      ) as { id: number; born: number };
    const origin = { session: file.session, project: file.project, file: row.id, bornMs: row.born };
    let added = 0;
    for (const { line, anonymous } of piece.usage) {
      if (this.#writer.add(line, anonymous, origin)) added++;
    }
    for (const { bill, at } of piece.bills) {
      const name = bill.sessionId ?? file.session;
      const session = this.#writer.session(name, file.project, name === file.session);
      recordBillLine(this.#db, session, bill, at > 0 ? at : Math.round(file.modifiedMs));
    }
    return added;
  }
}
