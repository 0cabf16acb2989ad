/**
 * What of the Claude directories a pass looks at, so that its cost depends on what is active and not on what there is.
 *
 * A complete look visits every folder and file. Between two of them, at most `COMPLETE_MS` apart, a pass looks at
 * - the `RECENT` transcripts that were written to last, as the ledger has them,
 * - the `RECENT` folders that changed last, for new files and folders in them,
 * - everything of the pass's own session.
 * So an append to one of the active transcripts, and a new session or subagent in an active project, are found by the next
 * pass. An append to a transcript that was not among them (a session of long ago that is resumed without a status line, or
 * on another machine that shares the directory), a file that was replaced by renaming, and a folder that was moved here are
 * found within `COMPLETE_MS`. Reports and forced passes make a complete look every time.
 *
 * A folder's time of change tells of a new entry only when it is older than the listing by more than the file system's
 * clock may be coarse: until then the folder is listed again.
 */
import type { Database } from "bun:sqlite";
import type { Folder } from "../claude/transcript-walk.ts";
import type { KnownFile } from "./read-files.ts";

/** The longest time between two complete looks. Milliseconds. */
export const COMPLETE_MS = 5 * 60_000;

/** How many transcripts, and how many folders, count as active. */
export const RECENT = 256;

/** FAT stores times to two seconds, the worst that is in use. Milliseconds. */
const COARSE_MS = 2_000;

/** A time of change further in the future is a clock's error, and must not occupy a place for long. Milliseconds. */
const FUTURE_MS = 24 * 60 * 60_000;

/** A stored time may be this far ahead of the clock before it counts as invalid. Milliseconds. */
const SLACK_MS = 1_000;

const KNOWN = "path, inode, size, modified, offset, searched, head, tail";

export class WatchList {
  readonly #db: Database;
  readonly #now: number;

  /** @param now Unix milliseconds */
  constructor(db: Database, now: number) {
    this.#db = db;
    this.#now = now;
  }

  /** Whether a complete look at the directory is due. */
  isDue(directory: string): boolean {
    const at = this.#look(directory)?.at;
    return at === undefined || this.#now - at >= COMPLETE_MS || at > this.#now + SLACK_MS;
  }

  /** Whether the last complete look at the directory ended before it had seen everything. */
  wasCut(directory: string): boolean {
    return this.#look(directory)?.cut === 1;
  }

  /** The folders that changed last. */
  folders(): Map<string, Folder> {
    const rows = this.#db
      .query("select path, modified as modifiedMs, listed as listedAt from folders")
      .all() as Folder[];
    return new Map(rows.map((folder) => [folder.path, folder]));
  }

  /** The transcripts that were written to last. */
  recentFiles(): KnownFile[] {
    return this.#db
      .query(`select ${KNOWN} from files where modified <= ? order by modified desc limit ?`)
      .all(this.#now + FUTURE_MS, RECENT) as KnownFile[];
  }

  /** The transcripts below a folder that were written to last. */
  recentFilesBelow(folder: string): KnownFile[] {
    return this.#db
      .query(`select ${KNOWN} from files where path >= ? and path < ? order by modified desc limit ?`)
      .all(...below(folder), RECENT) as KnownFile[];
  }

  /** The names of the transcripts that are known in a folder, not in those below it. */
  namesIn(folder: string): Set<string> {
    const paths = this.#db
      .query("select path from files where path >= ? and path < ?")
      .values(...below(folder)) as [string][];
    return new Set(
      paths.map(([path]) => path.slice(folder.length + 1)).filter((name) => !name.includes("/")),
    );
  }

  known(path: string): KnownFile | undefined {
    return (this.#db.query(`select ${KNOWN} from files where path = ?`).get(path) ?? undefined) as
      | KnownFile
      | undefined;
  }

  /** Every transcript that is known. */
  allFiles(): KnownFile[] {
    return this.#db.query(`select ${KNOWN} from files`).all() as KnownFile[];
  }

  /**
   * Remember a look once all that it found has been read.
   * @param complete directories that were looked at as a whole
   * @param folders that were listed
   */
  remember(complete: readonly string[], cut: boolean, folders: readonly Folder[]): void {
    if (complete.length === 0 && folders.length === 0) return;
    this.#db.transaction(() => {
      for (const directory of complete) {
        this.#db
          .query("insert or replace into looks (directory, at, cut) values (?, ?, ?)")
          .run(directory, this.#now, cut ? 1 : 0);
        this.#db
          .query("delete from folders where path >= ? and path < ?")
          .run(...below(`${directory}/projects`));
      }
      const kept = [...folders].sort((a, b) => this.#rank(b) - this.#rank(a)).slice(0, RECENT);
      for (const { path, modifiedMs, listedAt } of kept)
        this.#db
          .query("insert or replace into folders (path, modified, listed) values (?, ?, ?)")
          .run(path, modifiedMs, listedAt);
      this.#prune();
    })();
  }

  /** A look whose findings were not all read: the next one is a complete one. */
  forget(directories: readonly string[]): void {
    for (const directory of directories)
      this.#db.query("delete from looks where directory = ?").run(directory);
  }

  #look(directory: string): { at: number; cut: number } | undefined {
    const row = this.#db.query("select at, cut from looks where directory = ?").get(directory);
    return (row ?? undefined) as { at: number; cut: number } | undefined;
  }

  #rank({ path, modifiedMs }: Folder): number {
    if (path.endsWith("/projects")) return Number.POSITIVE_INFINITY;
    return modifiedMs > this.#now + FUTURE_MS ? 0 : modifiedMs;
  }

  #prune(): void {
    const all = [...this.folders().values()].sort((a, b) => this.#rank(b) - this.#rank(a));
    for (const { path } of all.slice(RECENT)) this.#db.query("delete from folders where path = ?").run(path);
  }
}

/** Whether a folder that was listed has the same entries still. */
export const isUnchangedFolder = (known: Folder, modifiedMs: number): boolean =>
  known.modifiedMs === modifiedMs && modifiedMs < known.listedAt - COARSE_MS;

/** Whether a folder that is not watched may have been created or changed since its parent was listed. */
export const isNewerThan = (modifiedMs: number, known: Folder): boolean =>
  modifiedMs >= known.listedAt - COARSE_MS;

/** The bounds of the paths below a folder: "0" is the character after "/". */
const below = (folder: string): [from: string, to: string] => [`${folder}/`, `${folder}0`];
