/**
 * Finds transcripts below Claude Code's directories: `<directory>/projects/<slug>/<session>.jsonl`, and those of its
 * subagents in `<session>/subagents/agent-<id>.jsonl`, which count for their parent session (Claude Code 2.1.330).
 *
 * Symbolic links are followed only into the directories (or their `projects` folders, which may be links themselves): a
 * link to `/` would count files of other programs, and take minutes. Each folder and file is visited once, by device and
 * inode, so that links cannot form a cycle; links come last, so that files are found by their own names.
 *
 * The walk is a generator, so that callers can stop it, and has a limit of directory entries.
 */
import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";

/** A transcript on disk. */
export interface TranscriptFile {
  /** Absolute path. */
  readonly path: string;
  /** The slug of the project: the folder below `projects`. */
  readonly project: string;
  /** The session of the path; a session id on a line takes precedence. */
  readonly session: string;
  readonly device: number;
  readonly inode: number;
  /** Bytes. */
  readonly size: number;
  /** Unix milliseconds, with fractions. */
  readonly modifiedMs: number;
  /** When the file was created; if unknown, when it was modified. Unix milliseconds. */
  readonly bornMs: number;
}

export const TRANSCRIPT_SUFFIX = ".jsonl";

/** @param projects the `projects` folder that the path is below */
function transcriptFile(path: string, projects: string, stats: Stats): TranscriptFile {
  const below = path.slice(projects.length + 1).split("/");
  const name = (below.pop() as string).slice(0, -TRANSCRIPT_SUFFIX.length);
  const project = below.shift() ?? "unknown";
  return {
    path,
    project,
    session: sessionOf(name, below),
    device: stats.dev,
    inode: stats.ino,
    size: stats.size,
    modifiedMs: stats.mtimeMs,
    bornMs: Math.min(stats.birthtimeMs || stats.mtimeMs, stats.mtimeMs),
  };
}

/** `<session>.jsonl`, and files in `<session>/` and `<session>/subagents/`. */
function sessionOf(name: string, below: readonly string[]): string {
  const folder = below.at(-1) === "subagents" ? below.at(-2) : below.at(-1);
  return folder ?? name;
}

/** A folder that was listed. */
export interface Folder {
  readonly path: string;
  /** Its modification time before it was listed. Unix milliseconds. */
  readonly modifiedMs: number;
  /** When it was listed. Unix milliseconds. */
  readonly listedAt: number;
}

/** Why a walk is incomplete. */
export type Cut = "entries" | "time" | "stopped";

export interface Transcripts {
  readonly files: TranscriptFile[];
  readonly folders: Folder[];
  /** Existing folders and files that could not be read, with the system's error code. */
  readonly unreadable: { path: string; reason: string }[];
  /** Symbolic links out of the Claude directories: not followed. */
  readonly outside: string[];
  /** Absent when everything was visited. */
  cut?: Cut;
}

/** Depth of folders below `projects`. */
const MAX_DEPTH = 7;

/** Directory entries of one walk: a hundred times those of a long history. */
const MAX_ENTRIES = 2_000_000;

/** Entries between two yields. */
const STEP_ENTRIES = 512;

/** Which entries of a folder are visited. */
export type Filter = (entry: Dirent, path: string) => boolean;

export class TranscriptWalk {
  readonly found: Transcripts = { files: [], folders: [], unreadable: [], outside: [] };
  readonly #directories: readonly string[];
  readonly #maxEntries: number;
  readonly #seen = new Set<string>();
  readonly #links: { path: string; projects: string }[] = [];
  #allowed: string[] | undefined;
  #entries = 0;

  /** @param directories links may lead into them */
  constructor(directories: readonly string[], { maxEntries = MAX_ENTRIES } = {}) {
    this.#directories = directories;
    this.#maxEntries = maxEntries;
  }

  /** Every transcript below the directories, which need not exist. Yields often. */
  *all(directories: readonly string[]): Generator<void> {
    for (const directory of directories) {
      const projects = join(directory, "projects");
      yield* this.folder(projects, projects);
    }
    yield* this.links();
  }

  /**
   * The transcripts below a folder. Links are left to `links()`.
   * @param filter for the entries of this folder only
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

  /** Follow the links that were found so far, and those behind them. */
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

  /** Add one file, unless it was found before. @returns whether it was added */
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

  /** A missing folder is not an error, nor is a file that vanished meanwhile. */
  #attempt<Value>(path: string, operation: () => Value): Value | undefined {
    try {
      return operation();
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

/** Every transcript below the directories, each once. Blocks. @param maxMs ends the walk: see `cut` */
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
