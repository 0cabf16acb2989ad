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

/** Looks at one path of each `projects` folder, not at every one: the index of paths leads from one to the next. */
function filesElsewhere(db: Database, directories: readonly string[]): Set<number> {
  const ours = new Set(directories.map((directory) => real(join(directory, "projects"))));
  const files = new Set<number>();
  const next = db.query("select path from files where path >= ? order by path limit 1");
  for (let from = ""; ; ) {
    const path = next.values(from)[0]?.[0] as string | undefined;
    if (path === undefined) return files;
    const at = path.indexOf(PROJECTS);
    const projects = at < 0 ? path : path.slice(0, at + PROJECTS.length - 1);
    // "0" is the character after "/".
    const end = `${projects}0`;
    if (!ours.has(projects) && !ours.has(real(projects)))
      for (const [id] of db
        .query("select id from files where path >= ? and path < ?")
        .values(`${projects}/`, end) as [number][])
        files.add(id);
    from = end;
  }
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
