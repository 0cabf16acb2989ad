/**
 * From a project's slug back to its directory.
 *
 * Claude Code names a project's folder of transcripts after its directory, with `-` for every character that is not a
 * letter or a digit, so the name alone is ambiguous. Lines of transcripts have the directory. Without transcripts, the
 * directories on disk are compared with the slug.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync } from "node:fs";
import { dirname, join } from "node:path";
import { TRANSCRIPT_SUFFIX } from "./transcript-walk.ts";

/** The first line usually has the directory. Bytes. */
const HEAD_BYTES = 4 << 10;
/** How much is read at the start and at the end of a transcript that begins with other lines. Bytes. */
const PART_BYTES = 64 << 10;
const MAX_TRANSCRIPTS = 8;
const CWD = '"cwd":"';
/** Limit of directories that are listed for one slug. */
const MAX_LISTED = 64;

/** @returns the name of the folder of transcripts of a directory */
export const projectSlug = (path: string): string => path.replace(/[^A-Za-z0-9]/g, "-");

/**
 * @param slug the name of a folder below `projects`
 * @param directories Claude Code's
 * @returns the project's directory, which may no longer exist; undefined if it is unknown
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
  const names = namesIn(folder).filter((name) => name.endsWith(TRANSCRIPT_SUFFIX));
  for (const name of names.slice(0, MAX_TRANSCRIPTS))
    for (const part of partsOf(join(folder, name)))
      for (const directory of directoriesOn(part)) {
        const path = aboveNamed(directory, slug);
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

/** The directories in a part of a transcript; those of successive lines are the same, and given once. */
function* directoriesOn(part: string): Generator<string> {
  let last = "";
  for (let at = part.indexOf(CWD); at >= 0; at = part.indexOf(CWD, at + 1)) {
    const from = at + CWD.length - 1;
    let end = part.indexOf('"', from + 1);
    while (end > 0 && part[end - 1] === "\\") end = part.indexOf('"', end + 1);
    const quoted = part.slice(from, end + 1);
    if (quoted !== last) yield unquote(quoted);
    last = quoted;
  }
}

function unquote(text: string): string {
  try {
    return JSON.parse(text);
  } catch {
    // The line is not JSON, or cut off.
    return "";
  }
}

/** The head of a file, then more of it, and its end; nothing if it cannot be read. */
function* partsOf(path: string): Generator<string> {
  try {
    // A FIFO without a writer must not block.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      const read = (bytes: number, from: number) => {
        const buffer = Buffer.allocUnsafe(bytes);
        return buffer.toString("utf8", 0, readSync(fd, buffer, 0, bytes, from));
      };
      yield read(HEAD_BYTES, 0);
      const { size } = fstatSync(fd);
      if (size > HEAD_BYTES) yield read(PART_BYTES, 0);
      if (size > PART_BYTES) yield read(PART_BYTES, size - PART_BYTES);
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
    for (const entry of namesIn(folder)) {
      if (found.length > 1) return;
      const name = `-${projectSlug(entry)}`;
      const path = join(folder, entry);
      if (!rest.startsWith(name) || !isDirectory(path)) continue;
      if (rest === name) found.push(path);
      else if (rest[name.length] === "-") search(path, rest.slice(name.length));
    }
  };
  search("/", slug);
  return listed > MAX_LISTED ? [] : found;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // It is missing, or may not be read.
    return [];
  }
}

function isDirectory(path: string): boolean {
  try {
    return lstatSync(path).isDirectory();
  } catch {
    // It is gone, or may not be looked at.
    return false;
  }
}
