/**
 * `gather.log`: what background passes have to say, for the person who asks why a figure is old.
 *
 * Bounded twice: a pass may write so much and no more, and the file is moved aside when it is full. Moving loses
 * nothing; what goes is the file that was moved aside the time before.
 */
import { closeSync, constants, openSync, renameSync, statSync, writeSync } from "node:fs";
import { tryLock } from "../os/lock/flock.ts";
import type { StatePaths } from "./paths.ts";

/** The most that one pass writes. Bytes. */
export const PASS_LOG_LIMIT = 10_000;

/** The size from which on the log is moved aside. Bytes. */
export const LOG_LIMIT = 100 * 1024;

const APPEND = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;
const LAST_WORDS = "this pass has more to say than its log may hold";

/** The log of one pass. */
export class PassLog {
  readonly #paths: StatePaths;
  readonly #label: string;
  #left = PASS_LOG_LIMIT;

  /** @param label whose pass it is, in a few words */
  constructor(paths: StatePaths, label: string) {
    this.#paths = paths;
    this.#label = label;
  }

  /** Write one line: control characters and line breaks of what is quoted, or of the label, do not get through. */
  say(message: string): void {
    if (this.#left === 0) return;
    const line = this.#line(message);
    const reserve = this.#line(LAST_WORDS).length;
    if (line.length + reserve <= this.#left) {
      this.#left -= line.length;
      append(this.#paths, line);
    } else {
      this.#left = 0;
      append(this.#paths, this.#line(LAST_WORDS));
    }
  }

  #line(message: string): Uint8Array {
    const text = `${this.#label}: ${message.slice(0, 1000)}`.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ");
    return Buffer.from(`${new Date().toISOString()} ${process.pid} ${text}\n`);
  }
}

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
    // No space, or no right to write: then the state files cannot be written either, and their age tells.
  }
}

/** @returns whether the log was full, and was moved aside now */
export const rotateLog = (paths: StatePaths): boolean => rotateIfFull(paths, 0);

/** Under a lock, or two passes would move the log one after the other and the second would lose what the first kept. */
function rotateIfFull(paths: StatePaths, more: number): boolean {
  if (sizeOf(paths.log) + more <= LOG_LIMIT) return false;
  using lock = tryLock(`${paths.locks}/log.lock`);
  if (!lock || sizeOf(paths.log) + more <= LOG_LIMIT) return false;
  renameSync(paths.log, `${paths.log}.1`);
  return true;
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
