/** Where reading a transcript stands, as the session's state keeps it between passes. */
import { at, count, field, type Json, text } from "../../claude/json.ts";
import { emptyTally, type Tally } from "./tally.ts";

export interface Cursor {
  path: string;
  /** Device and inode: another file in the path's place is read from its start. */
  file: string;
  /** A hash of the first bytes: so is a file that was written anew in place. */
  head: string;
  /** Bytes read: always the beginning of a line. */
  offset: number;
  /** From the offset up to `end` there is no newline; `tail` is a hash of the last bytes before it. */
  searched?: { end: number; tail: string };
  tally: Tally;
}

/** Raised when a tally of an earlier version would be misread. */
const CURSOR_VERSION = 3;

/** @returns undefined when `json` is no cursor of this version for this path */
export function readCursor(json: Json, path: string): Cursor | undefined {
  const offset = count(field(json, "offset"));
  const file = text(field(json, "file"));
  const head = text(field(json, "head"));
  if (field(json, "version") !== CURSOR_VERSION || field(json, "path") !== path) return undefined;
  if (offset === undefined || file === undefined || head === undefined) return undefined;
  const tally = field(json, "tally");
  if (!Array.isArray(field(tally, "pending")) || !Array.isArray(field(tally, "recent"))) return undefined;
  if (!Array.isArray(field(tally, "background")) || !Array.isArray(at(tally, "todos", "items")))
    return undefined;
  const end = count(at(json, "searched", "end"));
  const tail = text(at(json, "searched", "tail"));
  const searched = end !== undefined && end >= offset && tail !== undefined && { searched: { end, tail } };
  return { path, file, head, offset, ...searched, tally: { ...emptyTally(), ...(tally as Tally) } };
}

export const writeCursor = (cursor: Cursor): Json => ({ version: CURSOR_VERSION, ...cursor });
