/**
 * Claude Code's directories, and the transcripts in them.
 *
 * `<directory>/projects/<slug>/<session>.jsonl` is a session; its subagents write
 * `<directory>/projects/<slug>/<session>/subagents/agent-<id>.jsonl`, which count for their parent session
 * (Claude Code 2.1.330).
 */
import { readdirSync, type Stats, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** One transcript on disk, as it was when it was looked at. */
export interface TranscriptFile {
  /** Absolute path. */
  readonly path: string;
  /** The project's slug: the folder below `projects`. */
  readonly project: string;
  /** The session that the path belongs to; what its lines say goes before this. */
  readonly session: string;
  readonly device: number;
  readonly inode: number;
  /** Bytes. */
  readonly size: number;
  /** Unix milliseconds, with fractions. */
  readonly modifiedMs: number;
  /** When the file came to be, as far as the file system knows. Unix milliseconds. */
  readonly bornMs: number;
}

/** Folders nest no deeper than this below `projects`; it also ends a loop of symbolic links. */
const MAX_DEPTH = 6;

/**
 * Where Claude Code keeps its data: every entry of `CLAUDE_CONFIG_DIR` (a comma-separated list), else both
 * `~/.claude` and `${XDG_CONFIG_HOME:-~/.config}/claude`. They need not exist.
 */
export function claudeDirectories(env: Environment): string[] {
  const home = env.HOME;
  const listed = (env.CLAUDE_CONFIG_DIR ?? "")
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
  if (listed.length > 0) return unique(listed.map((entry) => configDirectory(entry, home)));
  const config =
    (env.XDG_CONFIG_HOME?.startsWith("/") && env.XDG_CONFIG_HOME) || (home && join(home, ".config"));
  return unique([home && join(home, ".claude"), config && join(config, "claude")].filter((each) => !!each));
}

/** An entry may begin with `~` and may name the `projects` folder itself, as other tools allow. */
function configDirectory(entry: string, home: string | undefined): string {
  const expanded = home && (entry === "~" || entry.startsWith("~/")) ? join(home, entry.slice(1)) : entry;
  const path = resolve(expanded);
  return basename(path) === "projects" ? resolve(path, "..") : path;
}

const unique = (paths: readonly (string | undefined)[]): string[] => [
  ...new Set(paths.filter((path) => path !== undefined)),
];

/** The transcripts that one look found. */
export interface Transcripts {
  readonly files: TranscriptFile[];
  /** Folders and files that are there and could not be read, with the system's word for why. */
  readonly unreadable: { path: string; reason: string }[];
}

/**
 * Every transcript below the directories, each file once however many ways lead to it.
 * A directory that does not exist has none; what cannot be read is reported, not thrown.
 */
export function listTranscripts(directories: readonly string[]): Transcripts {
  const found: Transcripts = { files: [], unreadable: [] };
  const seen = new Set<string>();
  for (const directory of directories) {
    const projects = join(directory, "projects");
    for (const entry of list(projects, found)) {
      if (entry.name.endsWith(".jsonl")) note(join(projects, entry.name), "unknown", [], seen, found);
      else walk(join(projects, entry.name), entry.name, [], seen, found);
    }
  }
  return found;
}

function walk(folder: string, project: string, below: string[], seen: Set<string>, found: Transcripts): void {
  for (const entry of list(folder, found)) {
    const path = `${folder}/${entry.name}`;
    if (entry.name.endsWith(".jsonl")) note(path, project, below, seen, found);
    else if (below.length < MAX_DEPTH && (entry.isDirectory() || entry.isSymbolicLink()))
      walk(path, project, [...below, entry.name], seen, found);
  }
}

/** `below`: the folders between the project's and the file. */
function note(path: string, project: string, below: string[], seen: Set<string>, found: Transcripts): void {
  const stats = attempt(() => statSync(path), path, found);
  if (!stats?.isFile() || seen.has(identity(stats))) return;
  seen.add(identity(stats));
  found.files.push({
    path,
    project,
    session: sessionOf(basename(path, ".jsonl"), below),
    device: stats.dev,
    inode: stats.ino,
    size: stats.size,
    modifiedMs: stats.mtimeMs,
    bornMs: Math.min(stats.birthtimeMs || stats.mtimeMs, stats.mtimeMs),
  });
}

/** `<session>.jsonl`, or a file in `<session>/subagents/`, or in `<session>/`: all are the session's. */
function sessionOf(name: string, below: readonly string[]): string {
  const folder = below.at(-1) === "subagents" ? below.at(-2) : below.at(-1);
  return folder ?? name;
}

const identity = (stats: Stats): string => `${stats.dev}:${stats.ino}`;

function list(folder: string, found: Transcripts) {
  return attempt(() => readdirSync(folder, { withFileTypes: true }), folder, found) ?? [];
}

/** A folder that is missing, or is a file, holds no transcripts: that is no error. A file may vanish meanwhile. */
function attempt<Value>(look: () => Value, path: string, found: Transcripts): Value | undefined {
  try {
    return look();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    if (code !== "ENOENT" && code !== "ENOTDIR") found.unreadable.push({ path, reason: code });
    return undefined;
  }
}
