/**
 * Finds transcripts below Claude Code's directories.
 *
 * A symbolic link is followed only where it leads to a place inside one of the directories (or of their `projects`
 * folders, which may be links themselves): a link to `/` would count the files of other programs, and take minutes. Each
 * folder and file is visited once, by device and inode, so that links cannot form a cycle; plain folders come first, so
 * that a file is found by its own name.
 *
 * The walk works in steps, so that its caller can stop between them, and has a budget of directory entries.
 */
import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { TRANSCRIPT_SUFFIX, type TranscriptFile, transcriptFile } from "./transcript-file.ts";

/** A folder that was listed. */
export interface Folder {
  readonly path: string;
  /** Its time of change before it was listed. Unix milliseconds. */
  readonly modifiedMs: number;
  /** When it was listed. Unix milliseconds. */
  readonly listedAt: number;
}

/** Why a walk ended before it had seen everything. */
export type Cut = "entries" | "time" | "stopped";

/** What a walk has found. */
export interface Transcripts {
  readonly files: TranscriptFile[];
  readonly folders: Folder[];
  /** Folders and files that exist and could not be read, with the system's error code. */
  readonly unreadable: { path: string; reason: string }[];
  /** Symbolic links that were not followed because they lead out of the Claude directories. */
  readonly outside: string[];
  /** Absent when everything was seen. */
  cut?: Cut;
}

/** Folders nest no deeper than this below `projects`. */
const MAX_DEPTH = 7;

/** Directory entries of one walk: a hundred times those of a long history. */
const MAX_ENTRIES = 2_000_000;

/** How many entries are looked at in one step at most. */
const STEP_ENTRIES = 512;

/** Which entries of a folder are looked at; all without it. */
export type Filter = (entry: Dirent, path: string) => boolean;

export class TranscriptWalk {
  readonly found: Transcripts = { files: [], folders: [], unreadable: [], outside: [] };
  readonly #directories: readonly string[];
  readonly #maxEntries: number;
  readonly #seen = new Set<string>();
  readonly #links: { path: string; projects: string }[] = [];
  #allowed: string[] | undefined;
  #entries = 0;

  /** @param directories Claude Code's directories: links may lead anywhere inside of them */
  constructor(directories: readonly string[], { maxEntries = MAX_ENTRIES } = {}) {
    this.#directories = directories;
    this.#maxEntries = maxEntries;
  }

  /** Every transcript below the directories. One that does not exist has none. Yields often. */
  *all(directories: readonly string[]): Generator<void> {
    for (const directory of directories) {
      const projects = join(directory, "projects");
      yield* this.folder(projects, projects);
    }
    yield* this.links();
  }

  /**
   * The transcripts in a folder and below it. Links are kept for `links()`.
   * @param filter for the entries of this folder, not for those below
   */
  *folder(path: string, projects: string, filter?: Filter): Generator<void> {
    if (this.found.cut || depthOf(path, projects) > MAX_DEPTH) return;
    const stats = this.#attempt(path, () => statSync(path));
    if (!stats?.isDirectory() || this.#isSeen(stats)) return;
    const listedAt = Date.now();
    const entries = this.#attempt(path, () => readdirSync(path, { withFileTypes: true }));
    if (entries === undefined) return;
    this.found.folders.push({ path, modifiedMs: stats.mtimeMs, listedAt });
    for (const entry of entries) {
      if (++this.#entries > this.#maxEntries) {
        this.found.cut = "entries";
        return;
      }
      if (this.#entries % STEP_ENTRIES === 0) yield;
      const below = `${path}/${entry.name}`;
      if (filter && !filter(entry, below)) continue;
      if (entry.isSymbolicLink()) this.#links.push({ path: below, projects });
      else if (entry.name.endsWith(TRANSCRIPT_SUFFIX)) this.file(below, projects);
      else if (entry.isDirectory()) yield* this.folder(below, projects);
    }
    yield;
  }

  /** Follow the links that were met so far, and those behind them. */
  *links(): Generator<void> {
    for (let link = this.#links.shift(); link && !this.found.cut; link = this.#links.shift()) {
      const { path, projects } = link;
      const real = this.#attempt(path, () => realpathSync(path));
      if (real === undefined) continue;
      if (!this.#isInside(real)) this.found.outside.push(path);
      else if (path.endsWith(TRANSCRIPT_SUFFIX)) this.file(path, projects);
      else yield* this.folder(path, projects);
    }
  }

  /** Take one file, unless it was found already. @returns whether it is a new one */
  file(path: string, projects: string): boolean {
    const stats = this.#attempt(path, () => statSync(path, { throwIfNoEntry: false }));
    if (!stats?.isFile() || this.#isSeen(stats)) return false;
    this.found.files.push(transcriptFile(path, projects, stats));
    return true;
  }

  #isSeen(stats: Stats): boolean {
    const identity = `${stats.dev}:${stats.ino}`;
    if (this.#seen.has(identity)) return true;
    this.#seen.add(identity);
    return false;
  }

  #isInside(real: string): boolean {
    this.#allowed ??= this.#directories
      .flatMap((directory) => [directory, join(directory, "projects")])
      .flatMap((directory) => realOf(directory) ?? []);
    return this.#allowed.some((directory) => real === directory || real.startsWith(`${directory}/`));
  }

  /** A folder that is missing, or is a file, holds no transcripts: that is no error. A file may vanish meanwhile. */
  #attempt<Value>(path: string, look: () => Value): Value | undefined {
    try {
      return look();
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? String(error);
      if (code !== "ENOENT" && code !== "ENOTDIR") this.found.unreadable.push({ path, reason: code });
      return undefined;
    }
  }
}

function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

const depthOf = (path: string, projects: string): number => path.slice(projects.length).split("/").length - 1;

/**
 * Every transcript below the directories, each once. Blocks: for a short walk or a command that has nothing else to do.
 * @param maxMs ends the walk after this long; `cut` then says so
 */
export function listTranscripts(
  directories: readonly string[],
  { maxMs = Number.POSITIVE_INFINITY, maxEntries = MAX_ENTRIES } = {},
): Transcripts {
  const began = performance.now();
  const walk = new TranscriptWalk(directories, { maxEntries });
  for (const _ of walk.all(directories))
    if (performance.now() - began > maxMs) {
      walk.found.cut ??= "time";
      break;
    }
  return walk.found;
}
