/** Finds transcripts with something to read: by a complete scan, or by one of active files and folders (watch-list.ts). */
import type { Database } from "bun:sqlite";
import { type Dirent, statSync } from "node:fs";
import { join } from "node:path";
import {
  type Cut,
  type Folder,
  TRANSCRIPT_SUFFIX,
  type TranscriptFile,
  TranscriptWalk,
} from "../claude/transcript-walk.ts";
import type { Due, KnownFile } from "./read-files.ts";
import { isNewerThan, isUnchangedFolder, WatchList } from "./watch-list.ts";

export interface ScanOptions {
  /** "complete": every folder and file. "active": active ones, unless a complete scan is due. */
  readonly scan?: "complete" | "active";
  /** The transcript of the session that started the scan: always included. */
  readonly own?: string | undefined;
  /** Ends the scan. */
  readonly signal?: AbortSignal;
  /** Ends the scan after this time. ms. */
  readonly maxScanMs?: number;
}

/** The result of a scan. */
export interface FoundDue {
  /** New and changed transcripts, the newest first. */
  readonly due: Due[];
  /** How many transcripts were examined. */
  readonly files: number;
  readonly unreadable: { path: string; reason: string }[];
  /** Links that were not followed. */
  readonly outside: readonly string[];
  /** Why this scan, or the last complete one, is incomplete. */
  readonly cut?: Cut | undefined;
  /** To be called with whether everything due was read. */
  remember(wasRead: boolean): void;
}

/** How long a scan runs before timers and signals are handled. ms. */
const TURN_MS = 40;

/** Find new and changed transcripts. */
export async function findDue(
  db: Database,
  directories: readonly string[],
  { scan = "complete", own, signal, maxScanMs = Number.POSITIVE_INFINITY }: ScanOptions = {},
): Promise<FoundDue> {
  const watch = new WatchList(db, Date.now());
  const whole = directories.filter((directory) => scan === "complete" || watch.isDue(directory));
  const active = directories.filter((directory) => !whole.includes(directory));
  const walk = new TranscriptWalk(directories);
  const { found } = walk;
  const endAt = performance.now() + maxScanMs;
  let turn = performance.now();
  for (const _ of steps(walk, whole, new ActiveScan(walk, watch, active, own))) {
    const now = performance.now();
    if (signal?.aborted) found.cut ??= "stopped";
    else if (now > endAt) found.cut ??= "time";
    if (found.cut) break;
    if (now - turn > TURN_MS) {
      await Bun.sleep(0);
      turn = performance.now();
    }
  }
  const known = whole.length > 0 ? new Map(watch.allFiles().map((file) => [file.path, file])) : undefined;
  return {
    due: dueOf(found.files, (path) => (known ? known.get(path) : watch.known(path))),
    files: found.files.length,
    unreadable: found.unreadable,
    outside: found.outside,
    cut: found.cut ?? (active.some((directory) => watch.wasCut(directory)) ? "entries" : undefined),
    remember: (wasRead) => {
      if (wasRead && found.cut !== "stopped") watch.remember(whole, found.cut !== undefined, found.folders);
      else watch.forget(whole);
    },
  };
}

function* steps(walk: TranscriptWalk, whole: readonly string[], active: ActiveScan): Generator<void> {
  yield* walk.all(whole);
  yield* active.steps();
  yield* walk.links();
}

/** The files that are new or have changed, newest first. */
export function dueOf(
  files: readonly TranscriptFile[],
  knownOf: (path: string) => KnownFile | undefined,
): Due[] {
  const due: Due[] = [];
  for (const file of files) {
    const known = knownOf(file.path);
    if (!known || !isUnchanged(known, file)) due.push({ file, known });
  }
  return due.sort((a, b) => b.file.modifiedMs - a.file.modifiedMs);
}

/** Device numbers are not compared: they may change when the machine starts. */
const isUnchanged = (known: KnownFile, file: TranscriptFile): boolean =>
  known.size === file.size &&
  known.inode === file.inode &&
  known.modified === file.modifiedMs &&
  Math.max(known.offset, known.searched) >= known.size;

const NEVER_LISTED = { modifiedMs: 0, listedAt: 0 } as const;

/** A scan of active files and folders. */
class ActiveScan {
  readonly #walk: TranscriptWalk;
  readonly #watch: WatchList;
  readonly #projects: readonly string[];
  readonly #own: string | undefined;

  constructor(
    walk: TranscriptWalk,
    watch: WatchList,
    directories: readonly string[],
    own: string | undefined,
  ) {
    this.#walk = walk;
    this.#watch = watch;
    this.#projects = directories.map((directory) => join(directory, "projects"));
    this.#own = own?.endsWith(TRANSCRIPT_SUFFIX) && this.#projectsOf(own) ? own : undefined;
  }

  *steps(): Generator<void> {
    if (this.#projects.length === 0) return;
    const folders = this.#watch.folders();
    yield* this.#ownSession(folders);
    for (const { path } of this.#watch.recentFiles()) this.#file(path);
    yield;
    for (const folder of folders.values()) yield* this.#folder(folder, folders);
    // A directory without sessions has no `projects` folder yet.
    for (const path of this.#projects)
      if (!folders.has(path)) yield* this.#folder({ path, ...NEVER_LISTED }, folders);
  }

  /** The session's own files and folders: they may not be among the recent ones. */
  *#ownSession(folders: ReadonlyMap<string, Folder>): Generator<void> {
    if (this.#own === undefined) return;
    this.#file(this.#own);
    const folder = this.#own.slice(0, -TRANSCRIPT_SUFFIX.length);
    for (const { path } of this.#watch.recentFilesBelow(folder)) this.#file(path);
    for (const path of [folder, `${folder}/subagents`])
      if (!folders.has(path)) yield* this.#folder({ path, ...NEVER_LISTED }, folders);
  }

  #file(path: string): void {
    const projects = this.#projectsOf(path);
    if (projects !== undefined) this.#walk.file(path, projects);
  }

  /** List a folder if it changed, for unknown files and folders that may be new. */
  *#folder(known: Folder, folders: ReadonlyMap<string, Folder>): Generator<void> {
    const { path } = known;
    const projects = this.#projectsOf(path);
    if (projects === undefined) return;
    const modifiedMs = modifiedOf(path);
    if (modifiedMs === undefined || isUnchangedFolder(known, modifiedMs)) return;
    const names = this.#watch.namesIn(path);
    const isNew = (entry: Dirent, below: string): boolean => {
      if (entry.name.endsWith(TRANSCRIPT_SUFFIX)) return !names.has(entry.name);
      return !folders.has(below) && isNewerThan(modifiedOf(below) ?? 0, known);
    };
    yield* this.#walk.folder(path, projects, isNew);
  }

  /** The `projects` folder that a path is in. */
  #projectsOf(path: string): string | undefined {
    return this.#projects.find((projects) => path === projects || path.startsWith(`${projects}/`));
  }
}

function modifiedOf(path: string): number | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  } catch {
    return undefined;
  }
}
