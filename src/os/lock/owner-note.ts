/**
 * What a lock's holder writes down about itself (lock-note.ts says where): advice for people and for `lock status`, never the lock.
 *
 * The lock is what the kernel holds. A note may be missing, torn, old or somebody else's file: then the owner is
 * unknown, and nothing worse. A holder that was killed leaves its note behind; the next one writes over it.
 */

import { hostName } from "../ffi/host.ts";
import { identifySelf, type ProcessRecord } from "../identity.ts";
import { formatRfc3339, parseRfc3339 } from "../time.ts";

/** Raised when a reader of this version would misread a note of that version. */
const NOTE_VERSION = 1;

/** A note is one line of JSON and not longer than this, so that one pwrite(2) writes it whole. */
export const NOTE_MAX_BYTES = 1024;
const COMMAND_MAX_CHARS = 300;

export interface OwnerNote {
  readonly process: ProcessRecord;
  readonly host: string;
  readonly command: string;
  /** Unix ms. */
  readonly sinceMs: number;
}

/** @returns the note of this process, or undefined where the system does not say who we are */
export function ownNote(command: string, nowMs: number): OwnerNote | undefined {
  const self = identifySelf();
  return self && { process: self, host: hostName(), command, sinceMs: nowMs };
}

/** @returns the bytes of a note: one line, at most `NOTE_MAX_BYTES` */
export function encodeNote({ process, host, command, sinceMs }: OwnerNote): Uint8Array {
  const fields = {
    plimsollLock: NOTE_VERSION,
    ...process,
    host: host.slice(0, 64),
    since: formatRfc3339(sinceMs),
    command: command.slice(0, COMMAND_MAX_CHARS),
  };
  const encoder = new TextEncoder();
  const bytes = encoder.encode(`${JSON.stringify(fields)}\n`);
  return bytes.length <= NOTE_MAX_BYTES
    ? bytes
    : encoder.encode(`${JSON.stringify({ ...fields, command: "" })}\n`);
}

/** @returns the note in a lock file's first bytes, or undefined when they are anything else */
export function decodeNote(bytes: Uint8Array): OwnerNote | undefined {
  const fields = parseObject(new TextDecoder().decode(bytes));
  if (!fields || fields.plimsollLock !== NOTE_VERSION) return undefined;
  const { pid, start, bootId, inode, namespace, host, command, since } = fields;
  const sinceMs = parseRfc3339(since);
  if (!Number.isSafeInteger(pid) || (pid as number) <= 0) return undefined;
  if (typeof start !== "string" || typeof bootId !== "string" || sinceMs === undefined) return undefined;
  return {
    process: {
      pid: pid as number,
      start,
      bootId,
      ...(typeof inode === "string" && { inode }),
      ...(typeof namespace === "string" && { namespace }),
    },
    host: typeof host === "string" ? host : "",
    command: typeof command === "string" ? command : "",
    sinceMs,
  };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    // Not a note: the caller shows "owner unknown", which is all there is to know.
    return undefined;
  }
}
