/**
 * One pass over the transcripts: what was appended since the last pass goes into the ledger.
 *
 * Which files are examined: watch-list.ts. A file is skipped if its size, inode and modification time are unchanged and
 * it was read to its end; where reading resumes: claude/transcript-reader.ts. Messages and offsets are committed
 * together, in batches: a kill costs at most the reading of one batch. The newest files come first, so that today is
 * complete early.
 */
import type { Database } from "bun:sqlite";
import { type Cut, listTranscripts, type TranscriptFile } from "../claude/transcript-walk.ts";
import { recordBillLine } from "./bills.ts";
import { dueOf, findDue, type ScanOptions } from "./find-due.ts";
import { resolveForks } from "./fork-resolution.ts";
import { claims, type Due, readFiles, type UsageChunk } from "./read-files.ts";
import { readInThreads } from "./read-threads.ts";
import { WatchList } from "./watch-list.ts";
import { MessageWriter } from "./writer.ts";

export interface IndexProgress {
  /** Bytes to read when the pass began, and bytes read so far. */
  readonly bytesTotal: number;
  readonly bytesRead: number;
  readonly files: number;
}

export interface IndexOptions extends ScanOptions {
  /** Ends the pass at the next chunk; what was read is kept. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: IndexProgress) => void;
  /** Ends the pass at the next chunk after this time. ms. */
  readonly maxMs?: number;
}

export interface IndexResult {
  /** Transcripts that were examined. */
  readonly files: number;
  readonly bytesRead: number;
  /** New messages. */
  readonly messages: number;
  /** Every folder was listed, and everything was read. */
  readonly complete: boolean;
  /** Why not every folder was listed. */
  readonly cut?: Cut | undefined;
  /** Symbolic links out of the Claude directories: not followed. */
  readonly outside: readonly string[];
  readonly unreadable: readonly { path: string; reason: string }[];
}

/** A batch is committed when it has as many messages or has read as many bytes. */
const BATCH_MESSAGES = 2_000;
const BATCH_BYTES = 256 << 20;
/** How long a pass runs before timers and signals are handled. ms. */
const TURN_MS = 40;

/** With more to read than this, a second thread reads while this one writes. Bytes. */
const WORTH_A_THREAD = 24 << 20;

/** @see Ledger.index */
export async function indexPass(
  db: Database,
  directories: readonly string[],
  options: IndexOptions = {},
): Promise<IndexResult> {
  const { signal, onProgress, maxMs = Number.POSITIVE_INFINITY } = options;
  const began = performance.now();
  const found = await findDue(db, directories, options);
  const { due, files, unreadable, outside, cut } = found;
  const bytesTotal = due.reduce((sum, { file, known }) => sum + file.size - (known?.offset ?? 0), 0);
  if (bytesTotal > WORTH_A_THREAD) compileHotCode();
  const pass = new PassWriter(db, due);
  let turn = began;
  let wasRead = true;
  for await (const read of bytesTotal > WORTH_A_THREAD ? readInThreads(due) : readFiles(due, claims(due))) {
    if ("reason" in read) {
      // Deleted or moved since it was listed: what was read of it stays.
      if (read.reason !== "ENOENT") unreadable.push({ path: read.path, reason: read.reason });
      continue;
    }
    pass.keep(read);
    onProgress?.({ bytesTotal, bytesRead: pass.bytesRead, files });
    const now = performance.now();
    if (signal?.aborted || now - began > maxMs) {
      wasRead = false;
      break;
    }
    if (now - turn > TURN_MS) {
      await Bun.sleep(0);
      turn = performance.now();
    }
  }
  pass.finish();
  found.remember(wasRead);
  const { bytesRead, messages } = pass;
  return { files, bytesRead, messages, complete: wasRead && cut === undefined, unreadable, outside, cut };
}

/** The executable is built to start fast and compiles hot code late (build.ts), which is slower with much to do. */
const compileHotCode = (): void => Bun.unsafe.setJITPolicy(1);

/** Unread transcripts. */
export interface Behind {
  readonly files: readonly { readonly path: string; readonly modifiedMs: number; readonly bytes: number }[];
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
  /** Symbolic links out of the Claude directories: not followed. */
  readonly outside: readonly string[];
  /** Why not every folder was listed. */
  readonly cut?: Cut | undefined;
}

/** Transcripts that a pass would read now, and how many bytes of each. @param maxMs limit of the scan. ms */
export function whatIsBehind(db: Database, directories: readonly string[], maxMs: number): Behind {
  const { files, unreadable, outside, cut } = listTranscripts(directories, { maxMs });
  const known = new Map(new WatchList(db, Date.now()).allFiles().map((file) => [file.path, file]));
  const due = dueOf(files, (path) => known.get(path)).map(({ file, known }) => ({
    path: file.path,
    modifiedMs: file.modifiedMs,
    // A file that became shorter was replaced: it is read from its start.
    bytes: known && known.offset <= file.size ? file.size - known.offset : file.size,
  }));
  return { files: due, unreadable, outside, cut };
}

/** Without a bill in its transcript the parent of a fork is a guess, which new messages may refute. */
const markGuess = (db: Database, session: string): void => {
  db.query(
    `insert or ignore into unresolved (session)
     select session from forks where since is null and session = (select id from sessions where name = ?)`,
  ).run(session);
};

class PassWriter {
  bytesRead = 0;
  messages = 0;
  readonly #db: Database;
  readonly #due: readonly Due[];
  readonly #writer: MessageWriter;
  #batch: UsageChunk[] = [];
  #batchMessages = 0;
  #batchEndsAt = BATCH_BYTES;

  constructor(db: Database, due: readonly Due[]) {
    this.#db = db;
    this.#due = due;
    this.#writer = new MessageWriter(db);
  }

  keep(read: UsageChunk): void {
    this.#batch.push(read);
    this.bytesRead += read.bytes;
    this.#batchMessages += read.usage.length;
    if (this.#batchMessages >= BATCH_MESSAGES || this.bytesRead >= this.#batchEndsAt) this.commit();
  }

  commit(): void {
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    let added = 0;
    this.#writer.transaction(this.#batchMessages, () => {
      for (const chunk of batch) added += this.#write((this.#due[chunk.index] as Due).file, chunk);
    });
    this.messages += added;
    this.#batch = [];
    this.#batchMessages = 0;
    this.#batchEndsAt = this.bytesRead + BATCH_BYTES;
  }

  /** Commit the rest, and find out which sessions are forks. */
  finish(): void {
    this.commit();
    resolveForks(this.#db);
  }

  #write(file: TranscriptFile, { cursor, ended, usage, bills }: UsageChunk): number {
    const row = this.#db
      .query(
        `insert into files (path, device, inode, size, modified, born, offset, searched, head, tail)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         on conflict (path) do update set device = excluded.device, inode = excluded.inode, size = excluded.size,
           modified = excluded.modified, born = min(born, excluded.born), offset = excluded.offset,
           searched = excluded.searched, head = excluded.head,
           tail = excluded.tail
         returning id, born`,
      )
      .get(
        file.path,
        file.device,
        file.inode,
        // A file that was not read to its end counts as changed in the next pass.
        ended ? file.size : -1,
        file.modifiedMs,
        file.bornMs,
        cursor.offset,
        cursor.searched,
        cursor.head,
        cursor.tail,
      ) as { id: number; born: number };
    const origin = { session: file.session, project: file.project, file: row.id, bornMs: row.born };
    let added = 0;
    for (const { line, anonymous } of usage) {
      if (this.#writer.add(line, anonymous, origin)) added++;
    }
    if (added > 0) markGuess(this.#db, file.session);
    for (const { bill, at } of bills) {
      const name = bill.sessionId ?? file.session;
      const session = this.#writer.session(name, file.project, name === file.session);
      recordBillLine(this.#db, session, bill, at > 0 ? at : Math.round(file.modifiedMs));
    }
    return added;
  }
}
