/**
 * Writing a state file atomically: a unique temporary file in the same directory, then rename(2). A reader sees the old
 * file or the new one. No fsync: after a power cut a lost or torn file is gathered again.
 */
import { closeSync, constants, openSync, renameSync, unlinkSync, writeSync } from "node:fs";
import { STATE_FILE_LIMIT } from "./scopes.ts";

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Write `state` to `path`, 0600.
 * @throws the system's error (no space, read-only, no permission); the old file is then unchanged
 */
export function writeState(path: string, state: object): void {
  const text = JSON.stringify(state);
  const bytes = Buffer.from(text);
  if (bytes.length > STATE_FILE_LIMIT)
    throw new Error(`${path} would have ${bytes.length} bytes, more than its ${STATE_FILE_LIMIT}`);
  replaceFile(path, bytes);
}

/** Replace `path` by a file of these bytes, 0600. */
export function replaceFile(path: string, bytes: Uint8Array): void {
  const random = Math.random().toString(36).slice(2, 10);
  // `directory.ts` recognises those that a killed pass leaves.
  const temporary = `${path}.${process.pid}.${random}.tmp`;
  const fd = openSync(temporary, CREATE, 0o600);
  try {
    try {
      writeAll(fd, bytes);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, path);
  } catch (error) {
    try {
      unlinkSync(temporary);
    } catch {
      // The first error is reported; the temporary file is swept within the hour.
    }
    throw error;
  }
}

/**
 * Write all of `bytes`.
 * On a full disk write(2) may be short without an error: only the count tells.
 * @throws the system's error
 */
export function writeAll(fd: number, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) {
    const count = writeSync(fd, bytes, written);
    if (count === 0) throw Object.assign(new Error("no space left to write to"), { code: "ENOSPC" });
    written += count;
  }
}
