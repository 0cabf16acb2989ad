/**
 * Sessions of other accounts, by the paths of their transcripts: one ledger may serve several Claude Code directories,
 * each with an account of its own.
 */
import type { Database } from "bun:sqlite";
import { realpathSync } from "node:fs";
import { join } from "node:path";

/**
 * Sessions with messages since `from`, all of them from transcripts outside the directories.
 * @param directories undefined for all
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

/** Examines one path of each `projects` folder: the index of paths leads from one to the next. */
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

/** Directories that share transcripts by a link count as one. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // It does not exist: compare its name.
    return path;
  }
}
