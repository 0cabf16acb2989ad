/**
 * Which sessions are another account's, as far as the places of their transcripts tell: one ledger may serve several
 * Claude Code directories, each logged in to an account of its own.
 */
import type { Database } from "bun:sqlite";
import { realpathSync } from "node:fs";
import { join } from "node:path";

/**
 * The sessions whose messages since `from` all come from transcripts outside of the directories.
 * @param directories all there are when undefined
 * @param from Unix milliseconds
 */
export function sessionsElsewhere(
  db: Database,
  directories: readonly string[] | undefined,
  from: number,
): Set<number> {
  const others = new Set<number>();
  if (directories === undefined) return others;
  const foreign = filesElsewhere(db, directories);
  if (foreign.size === 0) return others;
  const pairs = db.query("select distinct session, file from messages where at >= ?").values(from) as [
    number,
    number,
  ][];
  for (const [session, file] of pairs) if (foreign.has(file)) others.add(session);
  for (const [session, file] of pairs) if (!foreign.has(file)) others.delete(session);
  return others;
}

function filesElsewhere(db: Database, directories: readonly string[]): Set<number> {
  const ours = new Set(directories.map((directory) => real(join(directory, "projects"))));
  const isOurs = new Map<string, boolean>();
  const files = new Set<number>();
  for (const [id, path] of db.query("select id, path from files").values() as [number, string][]) {
    const projects = path.slice(0, path.indexOf(PROJECTS) + PROJECTS.length - 1);
    if (!isOurs.has(projects)) isOurs.set(projects, ours.has(projects) || ours.has(real(projects)));
    if (!isOurs.get(projects)) files.add(id);
  }
  return files;
}

const PROJECTS = "/projects/";

/** Directories that share their transcripts by a link cannot be told apart. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // It is gone, or never was: then its name is all there is.
    return path;
  }
}
