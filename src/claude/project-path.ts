/**
 * From a project's slug back to its directory.
 *
 * Claude Code names a project's folder of transcripts after its directory, with `-` for every character that is not a
 * letter or a digit, so the name alone is ambiguous, and two directories may share a folder. Lines of transcripts have
 * the directory. Without transcripts, the directories on disk are compared with the slug.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync } from "node:fs";
import { dirname, join } from "node:path";
import { TRANSCRIPT_SUFFIX } from "./transcript-walk.ts";

/** The first line usually has the directory. Bytes. */
const HEAD_BYTES = 4 << 10;
/** How much is read at the start and at the end of a transcript that begins with other lines. Bytes. */
const PART_BYTES = 64 << 10;
/** How many transcripts of a project are compared, by their heads only. */
const MAX_HEADS = 128;
/** How many are searched beyond their heads, if no head has the directory. */
const MAX_SEARCHED = 8;
const CWD = '"cwd":"';
/** Limit of directories listed for one slug. */
const MAX_LISTED = 64;

/** @returns the name of the folder of transcripts of a directory */
export const projectSlug = (path: string): string => path.replace(/[^A-Za-z0-9]/g, "-");

/**
 * @param slug the name of a folder below `projects`
 * @param directories Claude Code's
 * @returns the directories that transcripts in the folder have, or else those on disk with that slug; at most two of
 *   the latter
 */
export function projectPaths(slug: string, directories: readonly string[]): string[] {
  if (slug === "") return [];
  const transcripts = directories.flatMap((directory) => transcriptsIn(join(directory, "projects", slug)));
  const heads = transcripts.slice(0, MAX_HEADS).map((path) => pathInTranscript(path, slug, "head"));
  const found = new Set(heads.filter((path) => path !== undefined));
  if (found.size > 0) return [...found].sort();
  const searched = transcripts.slice(0, MAX_SEARCHED);
  const path = firstOf(searched, (transcript) => pathInTranscript(transcript, slug, "whole"));
  if (path !== undefined) return [path];
  return slug.startsWith("-") ? directoriesNamed(slug) : [];
}

/** Finds directories of projects and sessions, each once. */
export interface DirectoryLookup {
  /** The directory of a project with this slug; undefined if it is unknown, or if several have the slug. */
  projectPath(slug: string): string | undefined;
  /** The directory of a session's project, also where several have its slug; undefined if it is unknown. */
  sessionPath(slug: string, session: string): string | undefined;
}

/** @param directories Claude Code's */
export function directoryLookup(directories: readonly string[]): DirectoryLookup {
  const projects = new Map<string, readonly string[]>();
  const sessions = new Map<string, string | undefined>();
  const pathsOf = (slug: string) => projects.getOrInsertComputed(slug, () => projectPaths(slug, directories));
  const onlyPath = (slug: string) => (pathsOf(slug).length === 1 ? pathsOf(slug)[0] : undefined);
  const ownPath = (slug: string, session: string): string | undefined => {
    if (slug === "" || session.includes("/")) return undefined;
    const own = directories.map((directory) =>
      join(directory, "projects", slug, session + TRANSCRIPT_SUFFIX),
    );
    const inOwn = (extent: SearchedPart) => firstOf(own, (path) => pathInTranscript(path, slug, extent));
    return inOwn("head") ?? onlyPath(slug) ?? (pathsOf(slug).length > 1 ? inOwn("whole") : undefined);
  };
  return {
    projectPath: onlyPath,
    sessionPath: (slug, session) =>
      sessions.getOrInsertComputed(`${slug}/${session}`, () => ownPath(slug, session)),
  };
}

const transcriptsIn = (folder: string): string[] =>
  namesIn(folder)
    .filter((name) => name.endsWith(TRANSCRIPT_SUFFIX))
    .map((name) => join(folder, name));

function firstOf<Item>(items: readonly Item[], find: (item: Item) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** How much of a transcript is searched. */
type SearchedPart = "head" | "whole";

function pathInTranscript(transcript: string, slug: string, extent: SearchedPart): string | undefined {
  for (const part of partsOf(transcript)) {
    for (const directory of directoriesOn(part)) {
      const path = aboveNamed(directory, slug);
      if (path !== undefined) return path;
    }
    if (extent === "head") return undefined;
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
    // It is missing or not readable.
    return [];
  }
}

function isDirectory(path: string): boolean {
  try {
    return lstatSync(path).isDirectory();
  } catch {
    // It is missing or not accessible.
    return false;
  }
}
