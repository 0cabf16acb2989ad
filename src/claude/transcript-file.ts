/**
 * One transcript, by its path.
 *
 * `<directory>/projects/<slug>/<session>.jsonl` is a session; its subagents write
 * `<directory>/projects/<slug>/<session>/subagents/agent-<id>.jsonl`, which count for their parent session
 * (Claude Code 2.1.330).
 */
import type { Stats } from "node:fs";

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
export function transcriptFile(path: string, projects: string, stats: Stats): TranscriptFile {
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
