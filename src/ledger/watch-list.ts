/**
 * What a pass examines in the Claude directories, so that its cost depends on what is active, not on the whole history.
 *
 * A complete scan visits every folder and file. Between two of them, at most `COMPLETE_MS` apart, a pass examines
 * - the `RECENT` transcripts that were written last, according to the ledger,
 * - the `RECENT` folders that changed last, for new files and folders,
 * - everything of its own session.
 * So the next pass finds appends to active transcripts, and new sessions and subagents in active projects. Found within
 * `COMPLETE_MS`: appends to other transcripts (an old session that is resumed without a status line, or on another machine
 * that shares the directory), files replaced by renaming, and folders moved here. Reports and forced passes always make a
 * complete scan.
 *
 * A folder is listed again until its modification time is older than the listing by more than the resolution of the file
 * system's clock: only then would a new entry change it.
 */
import type { Database } from "bun:sqlite";
import type { Folder } from "../claude/transcript-walk.ts";
import type { KnownFile } from "./read-files.ts";

/** The longest time between two complete scans. ms. */
export const COMPLETE_MS = 5 * 60_000;

/** How many transcripts, and how many folders, count as active. */
export const RECENT = 256;

/** The coarsest clock in use: FAT stores times to two seconds. ms. */
const COARSE_MS = 2_000;

/** A modification time further in the future is an error of a clock, and must not stay among the recent ones. ms. */
const FUTURE_MS = 24 * 60 * 60_000;

/** A stored time further ahead of the clock is invalid. ms. */
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

  /** Whether a complete scan of the directory is due. */
  isDue(directory: string): boolean {
    const at = this.#lastScan(directory)?.at;
    return at === undefined || this.#now - at >= COMPLETE_MS || at > this.#now + SLACK_MS;
  }

  /** Whether the last complete scan of the directory ended early. */
  wasCut(directory: string): boolean {
    return this.#lastScan(directory)?.cut === 1;
  }

  /** The folders that changed last. */
  folders(): Map<string, Folder> {
    const rows = this.#db
      .query("select path, modified as modifiedMs, listed as listedAt from folders")
      .all() as Folder[];
    return new Map(rows.map((folder) => [folder.path, folder]));
  }

  /** The transcripts that were written last. */
  recentFiles(): KnownFile[] {
    return this.#db
      .query(`select ${KNOWN} from files where modified <= ? order by modified desc limit ?`)
      .all(this.#now + FUTURE_MS, RECENT) as KnownFile[];
  }

  /** The transcripts below a folder that were written last. */
  recentFilesBelow(folder: string): KnownFile[] {
    return this.#db
      .query(`select ${KNOWN} from files where path >= ? and path < ? order by modified desc limit ?`)
      .all(...below(folder), RECENT) as KnownFile[];
  }

  /** The names of known transcripts directly in a folder. */
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

  allFiles(): KnownFile[] {
    return this.#db.query(`select ${KNOWN} from files`).all() as KnownFile[];
  }

  /**
   * Record a scan once everything that it found was read.
   * @param complete directories that were scanned completely
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

  /** Not everything was read: make the next scan a complete one. */
  forget(directories: readonly string[]): void {
    for (const directory of directories)
      this.#db.query("delete from looks where directory = ?").run(directory);
  }

  #lastScan(directory: string): { at: number; cut: number } | undefined {
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

/** Whether a listed folder still has the same entries. */
export const isUnchangedFolder = (known: Folder, modifiedMs: number): boolean =>
  known.modifiedMs === modifiedMs && modifiedMs < known.listedAt - COARSE_MS;

/** Whether a folder may have been created or changed since its parent was listed. */
export const isNewerThan = (modifiedMs: number, known: Folder): boolean =>
  modifiedMs >= known.listedAt - COARSE_MS;

/** The bounds of the paths below a folder: "0" is the character after "/". */
const below = (folder: string): [from: string, to: string] => [`${folder}/`, `${folder}0`];
