/**
 * `gather.log`: messages of background passes.
 *
 * Bounded twice: each pass may write a limited amount, and a full file is renamed to `gather.log.1`, which replaces the
 * one before.
 */
import { closeSync, constants, openSync, renameSync, statSync, writeSync } from "node:fs";
import { tryLock } from "../os/lock/flock.ts";
import type { StatePaths } from "./paths.ts";

/** The most that one pass writes. Bytes. */
export const PASS_LOG_LIMIT = 10_000;

/** A larger log is rotated. Bytes. */
export const LOG_LIMIT = 100 * 1024;

const APPEND = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;
const TRUNCATED = "further messages of this pass are dropped";

/** The log of one pass. */
export class PassLog {
  readonly #paths: StatePaths;
  readonly #label: string;
  #left = PASS_LOG_LIMIT;

  /** @param label identifies the pass, in a few words */
  constructor(paths: StatePaths, label: string) {
    this.#paths = paths;
    this.#label = label;
  }

  /** Write one line. Best effort. */
  write(message: string): void {
    if (this.#left === 0) return;
    const line = this.#line(message);
    const reserve = this.#line(TRUNCATED).length;
    if (line.length + reserve <= this.#left) {
      this.#left -= line.length;
      append(this.#paths, line);
    } else {
      this.#left = 0;
      append(this.#paths, this.#line(TRUNCATED));
    }
  }

  #line(message: string): Uint8Array {
    const text = oneLine(`${this.#label}: ${message}`, 1100);
    return Buffer.from(`${new Date().toISOString()} ${process.pid} ${text}\n`);
  }
}

/** One line for the log or a state file: without control characters, of at most `limit` UTF-16 units. */
export const oneLine = (text: string, limit = 200): string =>
  text
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ")
    .trim()
    .slice(0, limit);

/** One write(2) to a file opened for appending: lines of several passes do not mix. */
function append(paths: StatePaths, line: Uint8Array): void {
  try {
    rotateIfFull(paths, line.length);
    const fd = openSync(paths.log, APPEND, 0o600);
    try {
      writeSync(fd, line);
    } finally {
      closeSync(fd);
    }
  } catch {
    // No space or permission: then the state files cannot be written either, and their age shows it.
  }
}

/** @returns whether the log was full and has been rotated */
export const rotateLog = (paths: StatePaths): boolean => rotateIfFull(paths, 0);

/** Under a lock: two passes that rotate one after the other would lose the first one's file. */
function rotateIfFull(paths: StatePaths, more: number): boolean {
  if (sizeOf(paths.log) + more <= LOG_LIMIT) return false;
  using lock = tryLock(`${paths.locks}/log.lock`);
  if (!lock || sizeOf(paths.log) + more <= LOG_LIMIT) return false;
  renameSync(paths.log, `${paths.log}.1`);
  return true;
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
