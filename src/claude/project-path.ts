/**
 * From a project's slug back to its directory.
 *
 * Claude Code names a project's folder of transcripts after its directory, with `-` for every character that is not a
 * letter or a digit, so the name alone is ambiguous. Lines of transcripts have the directory. Without transcripts, the
 * directories on disk are compared with the slug.
 */
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { dirname, join } from "node:path";
import { TRANSCRIPT_SUFFIX } from "./transcript-walk.ts";

/** How much of a transcript is read at its start, and, if it begins with lines of another project, at its end. */
const PART_BYTES = 64 << 10;
const MAX_TRANSCRIPTS = 8;
const CWD = /"cwd":("(?:[^"\\]|\\.)*")/g;
/** Limit of directories that are listed for one slug. */
const MAX_LISTED = 64;

/** @returns the name of the folder of transcripts of a directory */
export const projectSlug = (path: string): string => path.replace(/[^A-Za-z0-9]/g, "-");

/**
 * @param slug the name of a folder below `projects`
 * @param directories Claude Code's
 * @returns the project's directory, which may no longer exist; undefined if it cannot be told
 */
export function projectPath(slug: string, directories: readonly string[]): string | undefined {
  if (slug === "") return undefined;
  for (const directory of directories) {
    const path = pathInTranscripts(join(directory, "projects", slug), slug);
    if (path !== undefined) return path;
  }
  const found = slug.startsWith("-") ? directoriesNamed(slug) : [];
  return found.length === 1 ? found[0] : undefined;
}

function pathInTranscripts(folder: string, slug: string): string | undefined {
  const names = list(folder).flatMap((entry) => (entry.name.endsWith(TRANSCRIPT_SUFFIX) ? [entry.name] : []));
  for (const name of names.slice(0, MAX_TRANSCRIPTS))
    for (const part of partsOf(join(folder, name)))
      for (const [, text = ""] of part.matchAll(CWD)) {
        const path = aboveNamed(unquote(text), slug);
        if (path !== undefined) return path;
      }
  return undefined;
}

/** The directory itself, or the one above it, that has the slug: a session may change into a subdirectory. */
function aboveNamed(path: string, slug: string): string | undefined {
  if (!path.startsWith("/")) return undefined;
  let above = path;
  while (above.length > slug.length) above = dirname(above);
  return projectSlug(above) === slug ? above : undefined;
}

function unquote(text: string): string {
  try {
    return JSON.parse(text);
  } catch {
    // The line is not JSON.
    return "";
  }
}

/** The start and the end of a file; nothing if it cannot be read. */
function* partsOf(path: string): Generator<string> {
  const buffer = Buffer.allocUnsafe(PART_BYTES);
  try {
    // A FIFO without a writer must not block.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      yield buffer.toString("utf8", 0, readSync(fd, buffer, 0, PART_BYTES, 0));
      const { size } = fstatSync(fd);
      if (size <= PART_BYTES) return;
      yield buffer.toString("utf8", 0, readSync(fd, buffer, 0, PART_BYTES, size - PART_BYTES));
    } finally {
      closeSync(fd);
    }
  } catch {
    // A project that cannot be read keeps its slug as name.
  }
}

/** Directories on disk with a slug; at most two, as two are ambiguous. */
function directoriesNamed(slug: string): string[] {
  const found: string[] = [];
  let listed = 0;
  const search = (folder: string, rest: string): void => {
    if (listed++ >= MAX_LISTED) return;
    for (const entry of list(folder)) {
      if (found.length > 1) return;
      const name = `-${projectSlug(entry.name)}`;
      if (!entry.isDirectory() || !rest.startsWith(name)) continue;
      const path = join(folder, entry.name);
      if (rest === name) found.push(path);
      else if (rest[name.length] === "-") search(path, rest.slice(name.length));
    }
  };
  search("/", slug);
  return listed > MAX_LISTED ? [] : found;
}

function list(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // It is missing, or may not be read.
    return [];
  }
}
